import { once } from 'node:events';
import type { RedisCluster } from '@ganitagya/testing';
import { Cluster, Redis } from 'ioredis';
import { createCache } from '../index.ts';
import type { Cache, CacheOptions } from '../index.ts';
import { slotOf } from '../invalidation/slot.ts';

interface TestScope {
  after(clean: () => Promise<void>): void;
}

export interface ClusterInstance {
  readonly cache: Cache;
  readonly redis: Cluster;
  readonly isListening: () => boolean;
  /** What was passed over, in order. */
  readonly errors: string[];
}

/** A cache over Redis Cluster as one process would have it, connected and listening. */
export async function openOverCluster(
  t: TestScope,
  { nodes }: RedisCluster,
  options: Partial<CacheOptions> = {},
): Promise<ClusterInstance> {
  const redis = new Cluster(
    nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
    { clusterRetryStrategy: () => 50, redisOptions: { connectionName: 'test' } },
  );
  redis.on('error', () => undefined);
  const cache = createCache({ namespace: 'test', redis, remote: { budgetMs: 5_000 }, ...options });
  let isListening = false;
  const errors: string[] = [];
  cache.events.on('listening', (event) => ({ isListening } = event));
  cache.events.on('tierError', ({ operation, error }) => errors.push(`${operation}: ${String(error)}`));
  t.after(async () => {
    await cache.close();
    redis.disconnect();
  });
  await once(cache.events, 'listening');
  return { cache, redis, isListening: () => isListening, errors };
}

/** Moves the slot of a key, with all its keys, to another master, as an operator would. */
export class SlotMove {
  readonly slot: number;
  readonly from: number;
  readonly to: number;
  readonly #cluster: RedisCluster;
  readonly #connections: readonly Redis[];

  constructor(t: TestScope, cluster: RedisCluster, key: string) {
    this.slot = slotOf(key);
    this.#cluster = cluster;
    this.#connections = cluster.nodes.map(({ port }) => new Redis({ host: '127.0.0.1', port }));
    this.from = Math.floor(this.slot / Math.ceil(16_384 / cluster.nodes.length));
    this.to = (this.from + 1) % cluster.nodes.length;
    t.after(async () => {
      for (const connection of this.#connections) connection.disconnect();
    });
  }

  /** From here on each key is where it was until it is moved. */
  async begin(): Promise<void> {
    await this.#at(this.to).call('CLUSTER', 'SETSLOT', this.slot, 'IMPORTING', this.#id(this.from));
    await this.#at(this.from).call('CLUSTER', 'SETSLOT', this.slot, 'MIGRATING', this.#id(this.to));
  }

  /** Moves so many keys; gives how many there were. */
  async moveKeys(countMax: number): Promise<number> {
    const keys = await this.#at(this.from).cluster('GETKEYSINSLOT', this.slot, countMax);
    const port = this.#cluster.nodes[this.to]?.port ?? 0;
    for (const key of keys) await this.#at(this.from).migrate('127.0.0.1', port, key, 0, 5_000);
    return keys.length;
  }

  async end(): Promise<void> {
    while ((await this.moveKeys(100)) > 0);
    for (const at of [this.to, this.from])
      await this.#at(at).call('CLUSTER', 'SETSLOT', this.slot, 'NODE', this.#id(this.to));
  }

  /** Clients of this node whose name contains the text. */
  async clientsAt(node: number, name: string): Promise<number> {
    const list = String(await this.#at(node).client('LIST'));
    return list.split('\n').filter((line) => line.includes(`name=${name}`)).length;
  }

  #at(node: number): Redis {
    return this.#connections[node] as Redis;
  }

  #id(node: number): string {
    return this.#cluster.nodes[node]?.id ?? '';
  }
}
