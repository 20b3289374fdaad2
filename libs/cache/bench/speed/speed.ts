import type { Entrant } from '../contestant.ts';
import { layeredField, OURS, rivalOf } from '../field.ts';
import { inTurns } from '../measure/rounds.ts';
import { median, type Table } from '../testing/kit.ts';
import type { BenchOptions } from '../options.ts';
import { withEntrants, withRedis, type Opened } from '../opened.ts';
import { ACTIONS, type Action } from './slice.ts';

const SIZES = [196, 2_700];
const TITLES: Readonly<Record<Action, string>> = {
  hit: 'async hit',
  taggedHit: 'async hit, 2 tags',
  peek: 'sync peek',
  fill: 'getOrSet of an absent key',
  set: 'set',
};
const MEMORY_ONLY = ', memory only';
/** Knows tags only with settings that slow down all else. */
const TAGGED = { ...rivalOf('cacheable', 'shared'), name: `${rivalOf('cacheable', 'shared').name}, tags` };

/** Operations per second of one caller, everybody in a process of its own. */
export function speed({ rounds, sliceMs, say }: BenchOptions): Promise<Table[]> {
  const entrants: Entrant[] = [
    ...layeredField('default', 'fast'),
    TAGGED,
    {
      ...rivalOf('async-cache-dedupe', 'fast'),
      name: `${rivalOf('async-cache-dedupe', 'shared').name}${MEMORY_ONLY}`,
    },
    {
      ...rivalOf('lru-cache', 'default'),
      name: `${rivalOf('lru-cache', 'default').name} fetch${MEMORY_ONLY}`,
    },
    { ...rivalOf('lru-cache', 'fast'), name: `${rivalOf('lru-cache', 'default').name} get${MEMORY_ONLY}` },
  ];
  return withRedis(({ url }) =>
    withEntrants(entrants, url, async (opened) => {
      const tables: Table[] = [];
      for (const bytes of SIZES) {
        const medians = new Map<Action, Map<Entrant, number>>();
        for (const action of ACTIONS) {
          say(`${TITLES[action]}, ${bytes} B`);
          medians.set(action, await measure(opened, { action, bytes, durationMs: sliceMs }, rounds));
        }
        tables.push(tableOf(entrants, bytes, medians));
      }
      return tables;
    }),
  );
}

/** A first round warms up and is not counted. */
async function measure(
  opened: readonly Opened[],
  request: { action: Action; bytes: number; durationMs: number },
  rounds: number,
): Promise<Map<Entrant, number>> {
  const rates = new Map<Entrant, number[]>();
  const present = opened.filter(({ entrant }) => entrant !== TAGGED || request.action === 'taggedHit');
  await inTurns(present, rounds + 1, async ({ entrant, handle }, round) => {
    const rate = await handle.ask('slice', request);
    if (rate === undefined || round === 0) return;
    rates.set(entrant, [...(rates.get(entrant) ?? []), rate]);
  });
  return new Map([...rates].map(([entrant, all]) => [entrant, median(all)]));
}

function tableOf(
  entrants: readonly Entrant[],
  bytes: number,
  medians: ReadonlyMap<Action, ReadonlyMap<Entrant, number>>,
): Table {
  return {
    title: `Speed: thousand operations per second, values of ${bytes.toLocaleString('en')} B, 1,000 hot keys`,
    columns: ['who', ...ACTIONS.map((action) => TITLES[action])],
    rows: entrants.map((entrant) => [
      entrant.name,
      ...ACTIONS.map((action) => {
        const rate = medians.get(action)?.get(entrant);
        return rate === undefined ? '' : rate / 1_000;
      }),
    ]),
    note: [
      'Empty: there is no such call. `set` and absent keys include Redis where there are two tiers.',
      `Ours to the fastest other with two tiers: ${ratioOf('hit', medians)} for a hit, ${ratioOf('taggedHit', medians)} with tags.`,
    ].join(' '),
  };
}

/** How many times faster ours is than the fastest other that also has Redis. */
function ratioOf(action: Action, medians: ReadonlyMap<Action, ReadonlyMap<Entrant, number>>): string {
  let [ours, fastest] = [NaN, 0];
  for (const [{ module, name }, rate] of medians.get(action) ?? []) {
    if (module === OURS.module) ours = rate;
    else if (!name.endsWith(MEMORY_ONLY)) fastest = Math.max(fastest, rate);
  }
  return `${(ours / fastest).toFixed(0)} ×`;
}
