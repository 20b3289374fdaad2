import { BALANCINGS } from '../src/hosts/balancer.ts';
import { keepAway } from './distance.ts';
import { alternate, medianOf, ratioOf } from './measure/alternate.ts';
import type { Slice } from './measure/slice.ts';
import type { Table } from './testing/kit.ts';
import { openRouted, POOL, readOne, withCluster } from './notes.ts';
import type { BenchOptions } from './options.ts';
import { countHosts } from './shares.ts';

const ROUND_TRIP_MS = 20;
/** Enough to keep the connections of all three in use. */
const CALLERS = 9 * POOL;
/** Longer slices than elsewhere: their last answers come when not every connection is in use any more. */
const LONGER = 3;

const perSecond = (slice: Slice) => slice.perSecond;

/**
 * Three replicas against one, all far away, so that connections and not the machine's cores are the limit. Three
 * databases of one replica each show what the machine allows: there is nothing to choose.
 */
export function capacity({ rounds, sliceMs }: BenchOptions): Promise<Table[]> {
  return withCluster(3, async (cluster) => {
    const primary = cluster.primary.url();
    const distance = await keepAway(
      cluster.replicas.map((replica) => replica.url()),
      cluster.replicas.map(() => ROUND_TRIP_MS),
    );
    const { urls } = distance;
    const apart = await Promise.all(urls.map((url) => openRouted({ primary, replicas: [url] })));
    const together = await Promise.all(
      BALANCINGS.map(async (balancing) => {
        const db = await openRouted({ primary, replicas: urls, balancing });
        return { name: `three, ${balancing}`, db, shares: countHosts(db.events, urls) };
      }),
    );
    const [one] = apart;
    if (!one) throw new Error('no replica');
    let turn = 0;
    const takeTurn = () => apart[(turn += 1) % apart.length] ?? one;
    const slices = await alternate(
      new Map([
        ['one', () => readOne(one)],
        ['three databases of one', () => readOne(takeTurn())],
        ...together.map(({ name, db }): [string, () => Promise<unknown>] => [name, () => readOne(db)]),
      ]),
      { callers: CALLERS, durationMs: sliceMs * LONGER, rounds },
    );
    await Promise.all([...apart, ...together.map(({ db }) => db)].map((db) => db.destroy()));
    await distance.close();
    return [
      {
        title: `Capacity: replicas ${ROUND_TRIP_MS} ms away, ${POOL} connections each, ${CALLERS} callers`,
        columns: ['replicas', 'reads/s', 'to one', 'share of reads per host'],
        rows: [...slices.keys()].map((name) => [
          name,
          medianOf(slices, name, perSecond),
          ratioOf(slices, name, 'one', perSecond),
          together.find((each) => each.name === name)?.shares.text() ?? '',
        ]),
      },
    ];
  });
}
