import { backoff, startDeadline } from '@ganitagya/resilience';
import { Redis } from 'ioredis';
import type { Cluster, RedisOptions } from 'ioredis';

/** One server, or a cluster of them. */
export type RedisClient = Redis | Cluster;

export interface CreateRedisOptions {
  /** Seen in CLIENT LIST. */
  readonly connectionName?: string;
  /** The longest a command may wait for its reply; 50 ms by default. */
  readonly commandTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  readonly reconnectMaxMs?: number;
}

/**
 * A connection that never queues while offline, never waits long and never gives up: commands fail at once while
 * Redis is away, and it reconnects for ever with jittered pauses. Listen to 'error' to learn why.
 */
export function createRedis(url: string, options: CreateRedisOptions = {}): Redis {
  const pauses = backoff({ baseMs: 50, maxMs: options.reconnectMaxMs ?? 1_000 });
  const redis = new FairRedis(url, options.commandTimeoutMs ?? 50, {
    ...(options.connectionName === undefined ? {} : { connectionName: options.connectionName }),
    connectTimeout: options.connectTimeoutMs ?? 1_000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy(times) {
      if (times === 1) pauses.reset();
      return pauses.next();
    },
  });
  // Without a listener ioredis prints every failed connection attempt to the console.
  redis.on('error', () => undefined);
  return redis;
}

/** With a time-out of its own: that of ioredis (`commandTimeout`) also fires when only our event loop was late. */
class FairRedis extends Redis {
  readonly #timeoutMs: number;

  constructor(url: string, timeoutMs: number, options: Omit<RedisOptions, 'replyMapping'>) {
    super(url, options);
    this.#timeoutMs = timeoutMs;
  }

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    const [command] = args;
    const sent = super.sendCommand(...args);
    const cancel = startDeadline(this.#timeoutMs, () => command.reject(new Error('Command timed out')));
    command.promise.then(cancel, cancel);
    return sent;
  }
}
