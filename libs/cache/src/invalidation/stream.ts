import { backoff } from '@ganitagya/resilience';
import { Cluster, Redis } from 'ioredis';
import type { RedisClient } from '../redis-client.ts';
import { slotOf } from './slot.ts';

/** What the connection for messages needs, whatever it is a copy of. */
const settings = {
  autoResubscribe: false,
  enableOfflineQueue: false,
  // A stall of our own event loop must not look like a lost connection.
  commandTimeout: 2_000,
  // The heartbeat reads over the subscribed connection, which RESP2 forbids.
  protocol: 3,
} as const;

/**
 * Opens a connection for messages, which reconnects as long as it is wanted: in a cluster always to the node that has
 * `key`, so that messages and numbers come over one connection in their order.
 */
export function openStream(redis: RedisClient, key: string, isWanted: () => boolean): Redis {
  if (redis instanceof Cluster) return openToOwner(redis, key, isWanted);
  return redis.duplicate({
    ...settings,
    connectionName: nameAfter(redis.options.connectionName),
    lazyConnect: false,
    retryStrategy: (times: number) => (isWanted() ? redis.options.retryStrategy?.(times) : null),
  });
}

function openToOwner(cluster: Cluster, key: string, isWanted: () => boolean): Redis {
  const slot = slotOf(key);
  const pauses = backoff({ baseMs: 50, maxMs: 1_000 });
  const { redisOptions = {} } = cluster.options;
  const stream = new Redis({
    ...redisOptions,
    ...settings,
    connectionName: nameAfter(redisOptions.connectionName),
    lazyConnect: true,
    replyMapping: 'legacy',
    retryStrategy: (times) => {
      if (!isWanted()) return null;
      if (times === 1) pauses.reset();
      cluster.refreshSlotsCache();
      aim();
      return pauses.next();
    },
  });
  /** The owner may be another one at every connection. */
  const aim = () => {
    const [owner] = cluster.slots[slot] ?? [];
    if (owner === undefined) return;
    const colon = owner.lastIndexOf(':');
    Object.assign(stream.options, { host: owner.slice(0, colon), port: Number(owner.slice(colon + 1)) });
  };
  const connect = () => {
    aim();
    // That it failed is an event of the connection.
    stream.connect().catch(() => undefined);
  };
  if (cluster.status === 'ready') connect();
  else {
    cluster.once('ready', connect);
    stream.once('end', () => cluster.off('ready', connect));
  }
  return stream;
}

function nameAfter(name: string | undefined): string {
  return `${name ?? 'cache'}:invalidations`;
}
