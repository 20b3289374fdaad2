import type { Entrant } from '../contestant.ts';
import { layeredField } from '../field.ts';
import { inTurns } from '../measure/rounds.ts';
import { median, quantile, type Table } from '../testing/kit.ts';
import { withEntrants, withRedis } from '../opened.ts';
import type { BenchOptions } from '../options.ts';
import type { Pace, Sent } from '../process/paced.ts';
import { Handle } from '../process/handle.ts';
import { waitFor } from '../testing/parts.ts';
import { WAYS, type RawCommands, type Way } from './raw-commands.ts';

const PACES = [
  { title: 'one at a time', perSecond: 0, count: 200 },
  { title: '2,000/s', perSecond: 2_000, count: 1_000 },
];
const ARRIVED_MAX_MS = 5_000;

/** One process that invalidates and one that hears of it. */
interface Pair {
  readonly name: string;
  listen(pace: Pace): Promise<unknown>;
  invalidateMany(pace: Pace): Promise<readonly Sent[]>;
  heard(pace: Pace): Promise<readonly (number | null)[]>;
}

/** How long another process serves the old value, and what the ways of telling it cost by themselves. */
export function invalidation({ rounds, say }: BenchOptions): Promise<Table[]> {
  const [ours, bentocache] = layeredField('default');
  if (!ours || !bentocache) throw new Error('nobody to compare');
  return withRedis(({ url }) =>
    withRaw(url, (raw) =>
      withOpen(ours, url, (first) =>
        withOpen(bentocache, url, async (second) => [
          await tableOf(
            'Invalidation: until another process does not serve the old value',
            [first, second],
            rounds,
            say,
          ),
          await tableOf('Ways to tell another process, without a cache around them', raw, rounds, say),
        ]),
      ),
    ),
  );
}

async function tableOf(
  title: string,
  pairs: readonly Pair[],
  rounds: number,
  say: BenchOptions['say'],
): Promise<Table> {
  const rows: Table['rows'][number][] = [];
  for (const { title: paceTitle, ...pace } of PACES) {
    say(`${title}, ${paceTitle}`);
    const measured = new Map<Pair, Latencies[]>(pairs.map((pair) => [pair, []]));
    await inTurns(pairs, rounds + 1, async (pair, round) => {
      const latencies = await measure(pair, { ...pace, prefix: `${pace.perSecond}:${round}:` });
      if (round > 0) measured.get(pair)?.push(latencies);
    });
    for (const [{ name }, all] of measured) {
      const medianOf = (figure: (latencies: Latencies) => number) => Math.round(median(all.map(figure)));
      rows.push([
        paceTitle,
        name,
        medianOf(({ fromCall }) => quantile(fromCall, 0.5)),
        medianOf(({ fromCall }) => quantile(fromCall, 0.99)),
        medianOf(({ fromEnd }) => quantile(fromEnd, 0.5)),
        medianOf(({ fromEnd }) => quantile(fromEnd, 0.99)),
        all.reduce((sum, { lost }) => sum + lost, 0),
      ]);
    }
  }
  return {
    title,
    columns: ['pace', 'who', 'µs from the call: p50', 'p99', 'from its end: p50', 'p99', 'lost'],
    rows,
    note: 'Medians of the quantiles of each round. Below zero: the other process knew before the caller.',
  };
}

/** One round, in microseconds. */
interface Latencies {
  readonly fromCall: number[];
  readonly fromEnd: number[];
  readonly lost: number;
}

async function measure(pair: Pair, run: Pace): Promise<Latencies> {
  await pair.listen(run);
  const sent = await pair.invalidateMany(run);
  const heard = await arrived(pair, run);
  const both = sent.flatMap((times, index) => {
    const at = heard[index] ?? null;
    return at === null ? [] : [{ ...times, at }];
  });
  return {
    fromCall: both.map(({ called, at }) => at - called),
    fromEnd: both.map(({ resolved, at }) => at - resolved),
    lost: sent.length - both.length,
  };
}

/** What was heard, once everything has been or nothing more comes. */
async function arrived(pair: Pair, run: Pace): Promise<readonly (number | null)[]> {
  const isComplete = async () => !(await pair.heard(run)).includes(null);
  await waitFor(isComplete, { timeoutMs: ARRIVED_MAX_MS }).catch(() => undefined);
  return pair.heard(run);
}

function withOpen<Result>(
  entrant: Entrant,
  url: string,
  work: (pair: Pair) => Promise<Result>,
): Promise<Result> {
  return withEntrants([entrant, entrant], url, async ([sender, listener]) => {
    if (!sender || !listener) throw new Error('two processes expected');
    return work({
      name: entrant.name,
      listen: (pace) => listener.handle.ask('listen', pace),
      invalidateMany: (pace) => sender.handle.ask('invalidateMany', pace),
      heard: (pace) => listener.handle.ask('heard', pace),
    });
  });
}

async function withRaw<Result>(
  url: string,
  work: (pairs: readonly Pair[]) => Promise<Result>,
): Promise<Result> {
  const file = new URL('./raw-child.ts', import.meta.url);
  const [sender, listener] = await Promise.all([
    Handle.start<RawCommands>(file, [url]),
    Handle.start<RawCommands>(file, [url]),
  ]);
  try {
    await listener.ask('listen', undefined);
    return await work(
      WAYS.map((way: Way) => {
        const runOf = (pace: Pace) => ({ ...pace, way, prefix: `${way}:${pace.prefix}` });
        return {
          name: way,
          listen: async () => undefined,
          invalidateMany: (pace) => sender.ask('invalidateMany', runOf(pace)),
          heard: (pace) => listener.ask('heard', runOf(pace)),
        };
      }),
    );
  } finally {
    await Promise.all([sender.end(), listener.end()]);
  }
}
