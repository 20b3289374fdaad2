import type { Entrant } from './contestant.ts';
import { layeredField, rivalOf } from './field.ts';
import { inTurns } from './measure/rounds.ts';
import { quantile, type Table } from './testing/kit.ts';
import { withEntrants, withRedis } from './opened.ts';
import type { BenchOptions } from './options.ts';

const SIZE = 100;
const BYTES = 512;
const SETS_PER_ROUND = 15;
/** Rounds that are not counted. */
const WARM_UP = 2;

/** A hundred values that only Redis has, by each one's fastest way. */
export function batch({ rounds, say }: BenchOptions): Promise<Table[]> {
  const entrants: Entrant[] = [
    ...layeredField('default', 'fast'),
    rivalOf('async-cache-dedupe', 'default'),
    { name: 'bare MGET and JSON.parse', module: 'mget.ts', settings: 'default' },
  ];
  const prefixOf = (entrant: Entrant) => `batch:${entrants.indexOf(entrant)}:`;
  const sets = (rounds + WARM_UP) * SETS_PER_ROUND;
  return withRedis(async ({ url }) => {
    for (const entrant of entrants) {
      say(`${entrant.name} writes ${sets} times ${SIZE} values`);
      const writer = entrant.module === 'ours.ts' ? { ...entrant, settings: 'patient' as const } : entrant;
      await withEntrants([writer], url, async ([opened]) => {
        await opened?.handle.ask('fillSets', { prefix: prefixOf(entrant), sets, size: SIZE, bytes: BYTES });
      });
    }
    say('everybody reads in turns');
    const latencies = new Map<Entrant, number[]>();
    const missed = new Map<Entrant, number>();
    await withEntrants(entrants, url, (opened) =>
      inTurns(opened, rounds + WARM_UP, async ({ entrant, handle }, round) => {
        const { latenciesMs, incomplete } = await handle.ask('readSets', {
          prefix: prefixOf(entrant),
          sets: SETS_PER_ROUND,
          size: SIZE,
          from: round * SETS_PER_ROUND,
        });
        if (round < WARM_UP) return;
        latencies.set(entrant, [...(latencies.get(entrant) ?? []), ...latenciesMs]);
        missed.set(entrant, (missed.get(entrant) ?? 0) + incomplete);
      }),
    );
    const row = (entrant: Entrant) => {
      const own = latencies.get(entrant) ?? [];
      const micros = (share: number) => Math.round(quantile(own, share) * 1_000);
      return [entrant.name, micros(0.5), micros(0.99), missed.get(entrant) ?? 0];
    };
    return [
      {
        title: `Batch: ${SIZE} values of ${BYTES} B from Redis, nothing in memory, each one's fastest way`,
        columns: ['who', 'p50 µs', 'p99 µs', `incomplete of ${rounds * SETS_PER_ROUND}`],
        rows: entrants.map(row),
      },
    ];
  });
}
