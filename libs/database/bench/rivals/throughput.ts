import { alternate, medianOf, ratioOf, type Contestants } from '../measure/alternate.ts';
import type { Slice } from '../measure/slice.ts';
import { toPercent, type Table } from '../testing/kit.ts';
import { POOL, randomId, withCluster } from '../notes.ts';
import type { BenchOptions } from '../options.ts';
import { withField } from './field.ts';
import type { Rival } from './rival.ts';

const STATEMENTS = {
  'one row by id': (rival: Rival) => rival.readOne(randomId()),
  'a page of 20 rows': (rival: Rival) => rival.readPage(randomId()),
};
const CALLERS = [1, POOL];

const perSecond = (slice: Slice) => slice.perSecond;
const cpuMicros = (slice: Slice) => slice.cpuMicros;

/** The same reads from the same two replicas, by everybody. */
export function throughput({ rounds, sliceMs }: BenchOptions): Promise<Table[]> {
  return withCluster(2, ({ primary, replicas }) =>
    withField(
      { primary: primary.url(), replicas: replicas.map((replica) => replica.url()) },
      async (field) => {
        const rows: Table['rows'][number][] = [];
        for (const [statement, read] of Object.entries(STATEMENTS)) {
          for (const callers of CALLERS) {
            const contestants: Contestants = new Map(
              [...field].map(([name, rival]) => [name, () => read(rival)]),
            );
            const slices = await alternate(contestants, { callers, durationMs: sliceMs, rounds });
            for (const name of field.keys()) {
              rows.push([
                statement,
                callers,
                name,
                medianOf(slices, name, perSecond),
                toPercent(ratioOf(slices, name, 'ours', perSecond)),
                medianOf(slices, name, cpuMicros),
                toPercent(ratioOf(slices, name, 'ours', cpuMicros)),
              ]);
            }
          }
        }
        return [
          {
            title: `Rivals: reads from two replicas, ${POOL} connections each`,
            columns: ['statement', 'callers', 'who', 'reads/s', 'to ours', 'CPU µs/read', 'to ours'],
            rows,
          },
        ];
      },
    ),
  );
}
