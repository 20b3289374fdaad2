import { Gauge, type Registry } from './client.ts';

/** What is asked of a client of Redis. */
export interface ObservedRedis {
  readonly status: string;
}

/** Adds whether Redis can be reached; of several workers, whether all of them can. */
export function observeRedis(redis: ObservedRedis, registry: Registry): void {
  new Gauge({
    name: 'redis_up',
    help: '1 while there is a connection to Redis.',
    aggregator: 'min',
    registers: [registry],
    collect() {
      this.set(redis.status === 'ready' ? 1 : 0);
    },
  });
}
