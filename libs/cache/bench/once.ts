import type { Entrant } from './contestant.ts';
import { layeredField, rivalOf } from './field.ts';
import type { Table } from './testing/kit.ts';
import { withEntrants, withRedis } from './opened.ts';
import type { BenchOptions } from './options.ts';
import type { CallersReport } from './process/commands.ts';
import { messageOf } from './process/handle.ts';

const PROCESSES = 4;
const CALLERS = 1_000;
const LOAD_MS = 200;
const GIVE_UP_MS = 10_000;

/** A thousand callers in four processes want one key that nobody has. */
export async function once({ say }: BenchOptions): Promise<Table[]> {
  const rows: Table['rows'][number][] = [];
  for (const entrant of [...layeredField('shared'), rivalOf('async-cache-dedupe', 'shared')]) {
    say(entrant.name);
    const loaded = await spoken(() => onColdKey(entrant, false));
    const failed = await spoken(() => onColdKey(entrant, true));
    rows.push([entrant.name, ...loaded, ...failed]);
  }
  return [
    {
      title: `Once: ${CALLERS.toLocaleString('en')} callers in ${PROCESSES} processes, a load takes ${LOAD_MS} ms`,
      columns: ['who', 'loads', 'slowest ms', 'callers got', 'failing: loads', 'slowest ms', 'callers got'],
      rows,
      note: 'The failing loader rejects with "load failed" after the same time.',
    },
  ];
}

/** Every process opened first, then asked at once. */
function onColdKey(entrant: Entrant, fails: boolean): Promise<CallersReport> {
  return withRedis(({ url }) =>
    withEntrants(
      Array.from({ length: PROCESSES }, () => entrant),
      url,
      async (opened) => {
        await Promise.all(opened.map(({ handle }) => handle.ask('get', { key: 'warm-up' })));
        const request = {
          key: 'cold',
          count: CALLERS / PROCESSES,
          loadMs: LOAD_MS,
          fails,
          giveUpMs: GIVE_UP_MS,
        };
        return merge(await Promise.all(opened.map(({ handle }) => handle.ask('callers', request))));
      },
    ),
  );
}

function merge(reports: readonly CallersReport[]): CallersReport {
  const outcomes: Record<string, number> = {};
  for (const report of reports) {
    for (const [outcome, count] of Object.entries(report.outcomes)) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
    }
  }
  return {
    loads: reports.reduce((sum, report) => sum + report.loads, 0),
    slowestMs: Math.max(...reports.map(({ slowestMs }) => slowestMs)),
    outcomes,
  };
}

async function spoken(run: () => Promise<CallersReport>): Promise<(string | number)[]> {
  try {
    const { loads, slowestMs, outcomes } = await run();
    const got = Object.entries(outcomes).map(
      ([outcome, count]) => `${count.toLocaleString('en')} × ${outcome}`,
    );
    return [loads, Math.round(slowestMs), got.join(', ')];
  } catch (error) {
    return ['', '', messageOf(error)];
  }
}
