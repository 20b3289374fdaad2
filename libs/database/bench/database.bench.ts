/**
 * What routing costs and what it brings, side by side in alternating slices, because this machine is never twice the same:
 * `node libs/database/bench/database.bench.ts [seconds per slice]`.
 */
import { Kysely, PostgresDialect, type Generated } from 'kysely';
import pg from 'pg';

import { createDatabase, type Database } from '../src/database.ts';
import type { Balancing } from '../src/hosts/balancer.ts';
import { startPostgres, startProxy, waitFor, type FaultProxy } from '../src/testing/bench-parts.ts';

interface Schema {
  note: { id: Generated<number>; value: number };
}

type Slice = { readonly perSecond: number; readonly cpuMicros: number; readonly latencies: number[] };

const SLICE_MS = Number(process.argv[2] ?? 1) * 1_000;
const ROUNDS = 6;
const POOL = 10;

const cluster = await startPostgres({ replicas: 3 });
try {
  await cluster.primary.query(
    `create table note (id int generated always as identity primary key, value int not null);
     insert into note (value) select n from generate_series(1, 1000) n`,
  );
  for (const replica of cluster.replicas) await replica.catchUpWith(cluster.primary);
  await overhead();
  await capacity();
  await skew();
} finally {
  await cluster.stop();
}

/** Routed against plain, both on the one replica that `plain` knows. */
async function overhead(): Promise<void> {
  const [replica] = cluster.replicas;
  if (!replica) throw new Error('no replica');
  const routed = await open([replica.url()]);
  const plain = new Kysely<Schema>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: replica.url(), max: POOL }) }),
  });
  const ratios: { throughput: number; cpu: number }[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const turns: [string, Kysely<Schema>][] = [
      ['routed', routed],
      ['plain', plain],
    ];
    if (round % 2 === 1) turns.reverse();
    const results = new Map<string, Slice>();
    for (const [name, db] of turns) results.set(name, await slice(db, POOL));
    const [a, b] = [results.get('routed'), results.get('plain')];
    // The first round warms up.
    if (!a || !b || round === 0) continue;
    ratios.push({ throughput: a.perSecond / b.perSecond, cpu: a.cpuMicros / b.cpuMicros });
    report('overhead', { routed: a, plain: b });
  }
  console.log(
    `overhead: throughput routed/plain ${median(ratios.map(({ throughput }) => throughput)).toFixed(3)}, ` +
      `CPU per query routed/plain ${median(ratios.map(({ cpu }) => cpu)).toFixed(3)}`,
  );
  await routed.destroy();
  await plain.destroy();
}

/** Three replicas against one, each 20 ms away, so that connections and not this machine's cores are the limit. */
async function capacity(): Promise<void> {
  const proxies = await proxiesWith([10, 10, 10]);
  const urls = proxies.map((proxy) => urlOf(proxy));
  const one = await open(urls.slice(0, 1));
  const three = await open(urls);
  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [a, b] = [await slice(one, 9 * POOL), await slice(three, 9 * POOL)];
    if (round === 0) continue;
    ratios.push(b.perSecond / a.perSecond);
    report('capacity', { one: a, three: b });
  }
  console.log(`capacity: three replicas/one ${median(ratios).toFixed(2)}`);
  await Promise.all([one.destroy(), three.destroy()]);
  await Promise.all(proxies.map((proxy) => proxy.close()));
}

/** One of three replicas ten times as far as the others. */
async function skew(): Promise<void> {
  const proxies = await proxiesWith([20, 2, 2]);
  const urls = proxies.map((proxy) => urlOf(proxy));
  const kinds: Balancing[] = ['ewma', 'least-in-flight', 'round-robin'];
  const databases = await Promise.all(kinds.map((balancing) => open(urls, balancing)));
  const all = kinds.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, db] of databases.entries()) {
      const { latencies } = await slice(db, 4);
      if (round > 0) all[index]?.push(...latencies);
    }
  }
  for (const [index, kind] of kinds.entries()) {
    const latencies = all[index] ?? [];
    console.log(`skew: ${kind} p50 ${quantile(latencies, 0.5)} ms, p99 ${quantile(latencies, 0.99)} ms`);
  }
  await Promise.all(databases.map((db) => db.destroy()));
  await Promise.all(proxies.map((proxy) => proxy.close()));
}

async function slice(db: Kysely<Schema>, callers: number): Promise<Slice> {
  const latencies: number[] = [];
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + SLICE_MS;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let now = performance.now(); now < end;) {
        const id = 1 + Math.floor(Math.random() * 1_000);
        await db.selectFrom('note').select('value').where('id', '=', id).executeTakeFirst();
        const after = performance.now();
        latencies.push(after - now);
        now = after;
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  const count = latencies.length;
  return {
    perSecond: (count * 1_000) / (performance.now() - start),
    cpuMicros: (user + system) / count,
    latencies,
  };
}

async function open(replicas: readonly string[], balancing: Balancing = 'ewma'): Promise<Database<Schema>> {
  const db = createDatabase<Schema>({
    primary: cluster.primary.url(),
    replicas,
    applicationName: 'bench',
    poolSizeMax: POOL,
    balancing,
    slowStartMs: 1,
  });
  await waitFor(async () => (await db.check()).every(({ state }) => state === 'up'));
  return db;
}

function proxiesWith(latenciesMs: readonly number[]): Promise<FaultProxy[]> {
  return Promise.all(
    cluster.replicas.map(async ({ port }, index) => {
      const proxy = await startProxy({ port });
      proxy.latencyMs = latenciesMs[index] ?? 0;
      return proxy;
    }),
  );
}

function urlOf(proxy: FaultProxy): string {
  const url = new URL(cluster.primary.url());
  url.port = String(proxy.port);
  return url.href;
}

function report(what: string, slices: Readonly<Record<string, Slice>>): void {
  const parts = Object.entries(slices).map(
    ([name, { perSecond, cpuMicros }]) => `${name} ${perSecond.toFixed(0)}/s ${cpuMicros.toFixed(0)} µs`,
  );
  console.log(`${what}: ${parts.join(', ')}`);
}

function quantile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
