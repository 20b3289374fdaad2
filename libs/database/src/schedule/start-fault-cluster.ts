import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createDatabase, type Database } from '../database.ts';
import type { DatabaseOptions } from '../options.ts';
import { provision } from '../schema/provision.ts';
import { startPostgres, startProxy, waitFor } from '../testing/bench-parts.ts';
import type { TestSchema } from '../testing/test-cluster.ts';
import { FaultCluster } from './fault-cluster.ts';
import { FaultServer } from './fault-server.ts';

/** Fast, and only for data that is thrown away. */
const THROWAWAY = {
  fsync: 'off',
  full_page_writes: 'off',
  shared_buffers: '32MB',
  wal_keep_size: '256MB',
};

/** Starts a primary with standbys of which one must have a write before it is acknowledged, and the table `note`. */
export async function startFaultCluster(replicaCount: number): Promise<FaultCluster> {
  const folder = mkdtempSync(join(tmpdir(), 'ganitagya-schedule-'));
  const target = { port: 0 };
  const proxy = await startProxy(target);
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  process.once('exit', remove);
  const end = async () => {
    process.off('exit', remove);
    await proxy.close();
    remove();
  };
  try {
    // Everybody's: who led once may follow later.
    const settings = {
      ...THROWAWAY,
      synchronous_standby_names: 'ANY 1 (*)',
      primary_conninfo: `host=127.0.0.1 port=${proxy.port} user=postgres passfile='${join(folder, 'passwords')}'`,
    };
    // A folder of our own, for its password file is known before the servers are there.
    const options = { replicas: replicaCount, dataDir: folder, settings, replicaSettings: settings };
    const postgres = await startPostgres(options);
    const servers = [postgres.primary, ...postgres.replicas].map(
      (host, index) => new FaultServer(host, join(folder, host.name), index === 0 ? 'primary' : 'standby'),
    );
    const cluster = new FaultCluster({
      servers,
      target,
      proxy,
      end: async () => {
        await postgres.stop();
        await end();
      },
    });
    target.port = postgres.primary.port;
    try {
      await createTable(cluster);
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  } catch (error) {
    await end();
    throw error;
  }
}

/** A database on all hosts of the cluster, once it has seen each of them. */
export async function openDatabase(
  { servers }: FaultCluster,
  options: Pick<DatabaseOptions, 'applicationName'> & Partial<DatabaseOptions>,
): Promise<Database<TestSchema>> {
  const [primary = '', ...replicas] = servers.map(({ host }) => host.url('lab_app', 'app'));
  const db = createDatabase<TestSchema>({ primary, replicas, ...options });
  await waitFor(() => db.hosts().every(({ state }) => state === 'up'), {
    what: 'every host up',
    timeoutMs: 20_000,
  });
  return db;
}

async function createTable(cluster: FaultCluster): Promise<void> {
  const { leader } = cluster;
  if (!leader) throw new Error('a new cluster has a primary');
  await provision({
    adminUrl: leader.host.url(),
    service: 'lab',
    passwords: { owner: 'owner', app: 'app' },
  });
  await leader.host.query('create table lab.note (author text not null, value int not null)');
  await leader.host.query('create index on lab.note (author, value)');
  await leader.host.query('grant select, insert on lab.note to lab_app');
  await cluster.heal();
}
