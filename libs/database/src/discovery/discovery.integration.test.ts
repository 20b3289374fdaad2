import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { waitFor } from '@ganitagya/testing';

import { createDatabase } from '../database.ts';
import { readSafe } from '../routing/read-safe.ts';
import { startTestCluster, type TestCluster, type TestSchema } from '../testing/test-cluster.ts';
import type { Service } from './resolver.ts';

describe('hosts behind names', () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await startTestCluster();
  });
  after(() => cluster.stop());

  const serviceOf = ({ port }: { readonly port: number }): Service => ({
    name: '127.0.0.1',
    port,
    weight: 1,
  });
  const port = readSafe<number>`inet_server_port()`.as('port');

  test('replicas join slowly and leave gently, and a name that fails changes nothing', async (t) => {
    const [first, second] = cluster.replicas;
    assert.ok(first && second);
    let services: readonly Service[] = [serviceOf(first)];
    const faults: string[] = [];
    const db = createDatabase<TestSchema>({
      primary: cluster.primary.url('lab_app', 'app'),
      replicas: ['postgres+srv://lab_app:app@_postgres._tcp.replicas.test/ganitagya'],
      applicationName: 'lab',
      lookupMs: 50,
      slowStartMs: 60_000,
      resolver: {
        addresses: () => Promise.reject(new Error('not asked')),
        services: (name) => {
          assert.equal(name, '_postgres._tcp.replicas.test');
          return services.length > 0
            ? Promise.resolve(services)
            : Promise.reject(new Error('no name server'));
        },
      },
    });
    t.after(() => db.destroy());
    db.events.on('discovery', ({ error }) => faults.push(String(error)));
    const stateOf = (replica: { readonly port: number }) =>
      db.hosts().find(({ name }) => name === `127.0.0.1:${replica.port}`);
    await waitFor(() => stateOf(first)?.state === 'up');
    assert.equal((await db.selectNoFrom(port).executeTakeFirst())?.port, first.port);

    services = [serviceOf(first), serviceOf(second)];
    await waitFor(() => stateOf(second)?.state === 'up');
    assert.equal(stateOf(second)?.weight, 0.1);

    services = [];
    await waitFor(() => faults.length > 1);
    assert.match(faults[0] ?? '', /no name server/);
    assert.equal(db.hosts().length, 3);

    const slow = Promise.all(
      Array.from({ length: 8 }, () =>
        db.selectNoFrom([port, readSafe`pg_sleep(0.6)`.as('slept')]).executeTakeFirst(),
      ),
    );
    await waitFor(() => (stateOf(first)?.inFlight ?? 0) > 0);
    services = [serviceOf(second)];
    await waitFor(() => stateOf(first) === undefined);
    assert.equal((await db.selectNoFrom(port).executeTakeFirst())?.port, second.port);
    // What was under way on the host that left has finished.
    assert.ok((await slow).some((row) => row?.port === first.port));
    await waitFor(async () => {
      const rows = await first.query(`select from pg_stat_activity where usename = 'lab_app'`);
      return rows.length === 0;
    });
  });

  test('a name of several addresses works before it is looked up, and leads to who takes writes', async (t) => {
    const url = new URL(cluster.primary.url('lab_app', 'app'));
    url.hostname = 'localhost';
    const lookup = Promise.withResolvers<readonly string[]>();
    const db = createDatabase<TestSchema>({
      primary: url.href.replace('postgres:', 'postgres+dns:'),
      applicationName: 'lab',
      resolver: {
        addresses: () => lookup.promise,
        services: () => Promise.reject(new Error('not asked')),
      },
    });
    t.after(() => db.destroy());
    const write = () => db.insertInto('note').values({ author: 'dns', value: 1 }).execute();
    await write();
    lookup.resolve(['127.0.0.1']);
    await waitFor(() =>
      db.hosts().every(({ name, state }) => name.startsWith('127.0.0.1:') && state === 'up'),
    );
    await write();
  });
});
