import { freePort } from '../network/free-port.ts';
import { unprivilegedAccount } from '../process/account.ts';
import { killAtExit } from '../process/exit-guard.ts';
import { findBinaries } from './binaries.ts';
import { copyToReplica, initPrimary, openDataFolder, removeDataFolder, SUPERUSER } from './data-folder.ts';
import { PostgresHost, type HostOptions } from './postgres-host.ts';
import { PostgresReplica } from './postgres-replica.ts';
import { BASE_SETTINGS, THROWAWAY_SETTINGS, type Settings } from './settings.ts';

const REPLICAS_MAX = 8;

/** What kind of cluster to start. */
export type PostgresOptions = {
  /** Streaming replicas beside the primary; none by default. */
  readonly replicas?: number;
  /** Where the data lives on. Without it the data is fast, unsafe, and removed at `stop`. */
  readonly dataDir?: string;
  /** Settings of every server, over the defaults. */
  readonly settings?: Settings;
  /** Settings of the replicas only, over those. */
  readonly replicaSettings?: Settings;
  readonly log?: (line: string) => void;
  /** Aborts the start. */
  readonly signal?: AbortSignal;
};

/** A running primary with its replicas. */
export type PostgresCluster = {
  /** The superuser's connection string to database `ganitagya` on the primary. */
  readonly adminUrl: string;
  readonly primary: PostgresHost;
  readonly replicas: readonly PostgresReplica[];
  /** Stops every server, and removes the data if it was temporary. */
  stop(): Promise<void>;
};

/** Starts Postgres 18 from the workspace's own binaries, on free ports of 127.0.0.1. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresCluster> {
  const { replicas: replicaCount = 0, dataDir, log, signal } = options;
  if (!Number.isInteger(replicaCount) || replicaCount < 0 || replicaCount > REPLICAS_MAX) {
    throw new RangeError(`replicas must be an integer from 0 to ${REPLICAS_MAX}, not ${replicaCount}`);
  }
  signal?.throwIfAborted();
  const account = unprivilegedAccount();
  const runtime = { binaries: await findBinaries(account, log), account, log, signal };
  const folder = openDataFolder(dataDir, runtime);
  const hosts: PostgresHost[] = [];
  const disarm = folder.isTemporary ? killAtExit(() => removeDataFolder(folder)) : () => undefined;
  const stop = async () => {
    // Replicas first: a primary that stops waits for its replicas to take what is left.
    const [first, ...others] = hosts;
    await Promise.all(others.map((host) => host.stop()));
    await first?.stop();
    disarm();
    if (folder.isTemporary) removeDataFolder(folder);
  };

  try {
    const shared = {
      postgres: runtime.binaries.postgres,
      account,
      password: folder.password,
      isTemporary: folder.isTemporary,
      log,
    } satisfies Partial<HostOptions>;
    const settings = {
      ...BASE_SETTINGS,
      ...(folder.isTemporary ? THROWAWAY_SETTINGS : {}),
      ...options.settings,
    };
    const path = await initPrimary(folder, runtime);
    const primary = new PostgresHost({ ...shared, name: 'primary', port: await freePort(), path, settings });
    hosts.push(primary);
    const replicas: PostgresReplica[] = [];
    for (let index = 1; index <= replicaCount; index += 1) {
      const name = `replica-${index}`;
      const replica = new PostgresReplica({
        ...shared,
        name,
        port: await freePort(),
        path: await copyToReplica(folder, name, runtime),
        settings: {
          ...settings,
          primary_conninfo: `host=127.0.0.1 port=${primary.port} user=${SUPERUSER} passfile='${folder.passwordFile}' application_name=${name}`,
          ...options.replicaSettings,
        },
      });
      replicas.push(replica);
      hosts.push(replica);
    }
    await primary.start(signal);
    await Promise.all(replicas.map((replica) => replica.start(signal)));
    return { adminUrl: primary.url(), primary, replicas, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The part of node:test's context that is needed here. */
export type TestScope = { after(stop: () => Promise<void>): void };

/** A cluster that lives as long as the test. In a `before` hook use `startPostgres` and stop it in `after`. */
export async function postgresForTest(t: TestScope, options: PostgresOptions = {}): Promise<PostgresCluster> {
  const cluster = await startPostgres(options);
  t.after(() => cluster.stop());
  return cluster;
}
