import { provision } from '@ganitagya/database';
import {
  findOnPath,
  startPostgres,
  startRedis,
  type PostgresCluster,
  type RedisServer,
} from '@ganitagya/testing';
import type { Keeper, Part } from './keep-running.ts';
import { UsageError } from './options.ts';
import { SCHEMAS, type Schema, type Secrets, type State } from './state.ts';

const REPLICAS = 2;

/** The running databases, as the services see them. */
export interface Data {
  readonly cluster: PostgresCluster;
  /** Undefined where there is no redis-server, or it is not wanted. */
  readonly redis: RedisServer | undefined;
  /** A connection string of a service's role, on the primary. */
  url(schema: Schema, kind: 'owner' | 'app'): string;
  /** The same on every replica. */
  replicaUrls(schema: Schema): readonly string[];
}

/** Starts Postgres with its replicas and Redis on the state's data, and gives every service its schema and roles. */
export async function startData(
  state: State,
  secrets: Secrets,
  keeper: Keeper,
  log: (part: string) => (line: string) => void,
  signal: AbortSignal,
  withRedis = true,
): Promise<Data> {
  const [cluster, redis] = await Promise.all([
    startPostgres({ replicas: REPLICAS, dataDir: state.join('postgres'), log: log('postgres'), signal }).then(
      (started) => {
        for (const host of [started.primary, ...started.replicas])
          keeper.adopt(partOf(`postgres ${host.name}`, host));
        return started;
      },
      (error: unknown) => {
        if (!isInUse(error)) throw error;
        const advice = 'most likely for an "nx serve": end it first, or choose another --state';
        throw new UsageError(`The databases of ${state.path} run already, ${advice}.`, { cause: error });
      },
    ),
    // Without a data folder: an old snapshot would bring back what was invalidated since.
    withRedis && findOnPath('redis-server') !== undefined
      ? startRedis({ log: log('redis'), signal }).then((started) => {
          keeper.adopt(partOf('redis', started));
          return started;
        })
      : undefined,
  ]);
  const password = (role: string) => secrets.databasePasswords[role] ?? '';
  for (const service of SCHEMAS) {
    await provision({
      adminUrl: cluster.adminUrl,
      service,
      passwords: { owner: password(`${service}_owner`), app: password(`${service}_app`) },
      extensions: ['pg_trgm', 'pg_stat_statements'],
    });
  }
  return {
    cluster,
    redis,
    url: (schema, kind) => cluster.primary.url(`${schema}_${kind}`, password(`${schema}_${kind}`)),
    replicaUrls: (schema) =>
      cluster.replicas.map((replica) => replica.url(`${schema}_app`, password(`${schema}_app`))),
  };
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && error.message.includes('lock file "postmaster.pid" already exists');
}

function partOf(
  name: string,
  server: {
    start(): Promise<void>;
    stop(): Promise<void>;
    readonly exited: Promise<Awaited<ReturnType<Part['exited']>>>;
  },
): Part {
  return { name, start: () => server.start(), stop: () => server.stop(), exited: () => server.exited };
}
