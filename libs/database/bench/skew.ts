import { BALANCINGS } from '../src/hosts/balancer.ts';
import { keepAway } from './distance.ts';
import { alternate, medianOf, type Contestants } from './measure/alternate.ts';
import { quantile, type Table } from './testing/kit.ts';
import { openRouted, readOne, withCluster } from './notes.ts';
import type { BenchOptions } from './options.ts';
import { countHosts } from './shares.ts';

const ROUND_TRIPS_MS = [40, 4, 4];
const CALLERS = [4, 40];

/** One of three replicas ten times as far away as the others: who still asks it, and who waits for it? */
export function skew(options: BenchOptions): Promise<Table[]> {
  return withCluster(3, async ({ primary, replicas }) => {
    const distance = await keepAway(
      replicas.map((replica) => replica.url()),
      ROUND_TRIPS_MS,
    );
    const rows: Table['rows'][number][] = [];
    for (const callers of CALLERS) {
      rows.push(...(await skewWith(callers, primary.url(), distance.urls, options)));
    }
    await distance.close();
    return [
      {
        title: `Skew: three replicas, ${ROUND_TRIPS_MS.join(', ')} ms away`,
        columns: ['callers', 'choice', 'p50 ms', 'p99 ms', 'p99.9 ms', 'reads/s', 'share of reads per host'],
        rows,
      },
    ];
  });
}

async function skewWith(
  callers: number,
  primary: string,
  urls: readonly string[],
  { rounds, sliceMs }: BenchOptions,
): Promise<Table['rows']> {
  const dbs = await Promise.all(
    BALANCINGS.map((balancing) => openRouted({ primary, replicas: urls, balancing })),
  );
  const shares = dbs.map((db) => countHosts(db.events, urls));
  const contestants: Contestants = new Map(
    dbs.map((db, index) => [BALANCINGS[index] ?? '', () => readOne(db)]),
  );
  const slices = await alternate(contestants, { callers, durationMs: sliceMs, rounds });
  await Promise.all(dbs.map((db) => db.destroy()));
  return BALANCINGS.map((name, index) => {
    const latenciesMs = (slices.get(name) ?? []).flatMap((slice) => slice.latenciesMs);
    return [
      callers,
      name,
      quantile(latenciesMs, 0.5),
      quantile(latenciesMs, 0.99),
      quantile(latenciesMs, 0.999),
      medianOf(slices, name, (slice) => slice.perSecond),
      shares[index]?.text() ?? '',
    ];
  });
}
