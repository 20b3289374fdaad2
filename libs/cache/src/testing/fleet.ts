import { startProxy, startRedis, waitFor } from '@ganitagya/testing';
import type { RedisServer } from '@ganitagya/testing';
import { createRedis } from '../index.ts';
import type { Redis } from '../index.ts';
import { openControlled } from './controlled-instance.ts';
import type { ControlledInstance, ControlledOptions } from './controlled-instance.ts';

type Proxy = Awaited<ReturnType<typeof startProxy>>;

/** One process: its caches, one per namespace, and its ways to Redis. */
export interface FleetMember {
  readonly caches: readonly ControlledInstance[];
  readonly data: Proxy;
  readonly stream: Proxy;
}

/** A Redis, and for each member a way for its data and one for its messages, to be cut. */
export interface Fleet {
  readonly server: RedisServer;
  readonly admin: Redis;
  /** Opens new caches of every member; close them before the next. */
  open(namespaces: readonly string[], options: ControlledOptions): Promise<OpenFleet>;
  stop(): Promise<void>;
}

export interface OpenFleet {
  readonly members: readonly FleetMember[];
  readonly close: () => Promise<void>;
}

const RECONNECT_MS = 5;

/** Starts Redis and the ways of so many members. */
export async function startFleet(size: number): Promise<Fleet> {
  const server = await startRedis();
  const proxies = await Promise.all(
    Array.from({ length: size * 2 }, () => startProxy({ port: server.port })),
  );
  const admin = createRedis(server.url, { commandTimeoutMs: 5_000 });
  await waitFor(() => admin.status === 'ready');
  return {
    server,
    admin,
    open: async (namespaces, options) => {
      for (const proxy of proxies) proxy.heal();
      const cleanups: (() => Promise<void>)[] = [];
      const scope = { after: (clean: () => Promise<void>) => cleanups.push(clean) };
      const members = await Promise.all(
        Array.from({ length: size }, async (_, index): Promise<FleetMember> => {
          const [data, stream] = proxies.slice(index * 2, index * 2 + 2) as [Proxy, Proxy];
          const open = (namespace: string) =>
            openControlled(scope, `redis://127.0.0.1:${data.port}`, {
              ...options,
              namespace,
              streamPort: stream.port,
              reconnectMs: RECONNECT_MS,
            });
          return { caches: await Promise.all(namespaces.map(open)), data, stream };
        }),
      );
      return {
        members,
        close: async () => {
          for (const proxy of proxies) proxy.heal();
          await Promise.all(cleanups.map((clean) => clean()));
        },
      };
    },
    stop: async () => {
      admin.disconnect();
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await server.stop();
    },
  };
}
