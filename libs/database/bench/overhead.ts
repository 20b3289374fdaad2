import { setTimeout as sleep } from 'node:timers/promises';

import type { Kysely } from 'kysely';

import type { Database } from '../src/database.ts';
import { createSession, runInSession } from '../src/session/session.ts';
import { alternate, medianOf, ratioOf, type Contestants } from './measure/alternate.ts';
import type { Slice } from './measure/slice.ts';
import { toPercent, type Table } from './testing/kit.ts';
import { openPlain, openRouted, readOne, readPage, withCluster, type Schema } from './notes.ts';
import type { BenchOptions } from './options.ts';
import { countStatements } from './statement-counter.ts';

const STATEMENTS = { 'one row by id': readOne, 'a page of 20 rows': readPage };
const CALLERS = [1, 10];
const IDLE_MS = 3_000;
/** Probes cost by the second, not by the query: they are measured apart. */
const NO_PROBES = { probeIntervalMs: 3_600_000 };

const perSecond = (slice: Slice) => slice.perSecond;
const cpuMicros = (slice: Slice) => slice.cpuMicros;

/** What routing costs, against plain Kysely over a pool of the same size on the same replica. */
export function overhead({ rounds, sliceMs }: BenchOptions): Promise<Table[]> {
  return withCluster(1, async ({ primary, replicas }) => {
    const [replica] = replicas;
    if (!replica) throw new Error('no replica');
    const hosts = { primary: primary.url(), replicas: [replica.url()] };
    const probing = await openRouted(hosts);
    const probes = await idleCpuMs(probing);
    await probing.destroy();

    const plain = openPlain(replica.url());
    const again = openPlain(replica.url());
    const routed = await openRouted({ ...hosts, ...NO_PROBES });
    const listened = await openRouted({ ...hosts, ...NO_PROBES });
    countStatements(listened.events);
    const rows: Table['rows'][number][] = [];
    for (const [statement, read] of Object.entries(STATEMENTS)) {
      for (const callers of CALLERS) {
        const contestants = contestantsOf({ plain, again, routed, listened }, read);
        const slices = await alternate(contestants, { callers, durationMs: sliceMs, rounds });
        for (const name of contestants.keys()) {
          rows.push([
            statement,
            callers,
            name,
            medianOf(slices, name, perSecond),
            toPercent(ratioOf(slices, name, 'plain', perSecond)),
            medianOf(slices, name, cpuMicros),
            toPercent(ratioOf(slices, name, 'plain', cpuMicros)),
          ]);
        }
      }
    }
    await Promise.all([plain, again, routed, listened].map((db) => db.destroy()));
    return [
      {
        title: 'Overhead: routed against plain Kysely + pg.Pool, one replica, 10 connections',
        columns: ['statement', 'callers', 'who', 'reads/s', 'to plain', 'CPU µs/read', 'to plain'],
        rows,
        note: `The other pool shows how much is noise. Probes of two hosts cost ${probes.toFixed(1)} ms of CPU per second beside this.`,
      },
    ];
  });
}

function contestantsOf(
  dbs: { plain: Kysely<Schema>; again: Kysely<Schema>; routed: Kysely<Schema>; listened: Kysely<Schema> },
  read: (db: Kysely<Schema>) => Promise<unknown>,
): Contestants {
  return new Map<string, () => Promise<unknown>>([
    ['plain', () => read(dbs.plain)],
    ['plain, another pool', () => read(dbs.again)],
    ['routed', () => read(dbs.routed)],
    ['routed, with a listener', () => read(dbs.listened)],
    ['routed, a session per read', () => runInSession(createSession(), () => read(dbs.routed))],
  ]);
}

/** CPU per second of a database that nobody asks. */
async function idleCpuMs(db: Database<Schema>): Promise<number> {
  await readOne(db);
  const before = process.cpuUsage();
  const start = performance.now();
  await sleep(IDLE_MS);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (performance.now() - start);
}
