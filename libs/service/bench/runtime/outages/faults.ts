import type { FaultProxy, PostgresHost } from '../testing/parts.ts';
import type { OutageWorld } from '../testing/outage-world.ts';

/** What happens to a part. */
export interface Fault {
  readonly what: string;
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
}

/** Every part, killed and frozen. */
export function faultsOf(world: OutageWorld): readonly Fault[] {
  const { redis, cluster, keys, model } = world;
  const [replica] = cluster.replicas;
  if (replica === undefined) throw new RangeError('there are no replicas');
  return [
    { what: 'Redis killed', begin: () => redis.kill(), end: () => redis.start() },
    { what: 'Redis frozen', begin: () => redis.freeze(), end: () => redis.thaw() },
    ...hosts('one replica', [replica]),
    ...hosts('all replicas', cluster.replicas),
    ...hosts('primary', [cluster.primary]),
    ...endpoint('keys endpoint', keys),
    ...endpoint('model', model),
  ];
}

function hosts(name: string, some: readonly PostgresHost[]): Fault[] {
  return [
    {
      what: `${name} killed`,
      begin: async () => {
        await Promise.all(some.map((host) => host.kill()));
      },
      end: async () => {
        await Promise.all(some.map((host) => host.start()));
      },
    },
    {
      what: `${name} frozen`,
      begin: () => {
        for (const host of some) host.freeze();
      },
      end: () => {
        for (const host of some) host.thaw();
      },
    },
  ];
}

/** Killed: connections are reset and refused. Frozen: they are accepted, and nothing is answered. */
function endpoint(name: string, proxy: FaultProxy): Fault[] {
  return [
    { what: `${name} killed`, begin: () => proxy.cut(), end: () => proxy.heal() },
    { what: `${name} frozen`, begin: () => proxy.hang(), end: () => proxy.heal() },
  ];
}
