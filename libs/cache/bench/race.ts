import { setTimeout as sleep } from 'node:timers/promises';

import { createRedis } from '../src/index.ts';
import type { Contestant, Entrant } from './contestant.ts';
import { layeredField, rivalOf } from './field.ts';
import type { Table } from './testing/kit.ts';
import { withEntrants, withRedis } from './opened.ts';
import type { BenchOptions } from './options.ts';
import { messageOf, type Handle } from './process/handle.ts';

const TRIES = 10;
const LOAD_MS = 100;
const INVALIDATED_AFTER_MS = 40;
const SETTLED_MS = 50;
const STALE_MAX_MS = 10_000;

/** How a value is made stale, and the call that a contestant needs for it. */
const KINDS = { key: 'invalidate', tag: 'invalidateTag', clear: 'clear' } as const satisfies Record<
  string,
  keyof Contestant
>;
type Kind = keyof typeof KINDS;
const BY = ['own', 'other'] as const;

/** What is read after an invalidation that landed during a load, and after one that a subscriber missed. */
export async function race({ say }: BenchOptions): Promise<Table[]> {
  const entrants = [...layeredField('shared'), rivalOf('async-cache-dedupe', 'shared')];
  const cases = BY.flatMap((by) => (Object.keys(KINDS) as Kind[]).map((kind) => ({ kind, by })));
  const during: (string | number)[][] = [];
  for (const entrant of entrants) {
    say(`${entrant.name}, invalidated during a load`);
    during.push([entrant.name]);
    for (const { kind, by } of cases) during.at(-1)?.push(await staleOf(entrant, kind, by));
  }
  say('subscribers lose their connections');
  const missed = await Promise.all(
    entrants.map(async (entrant) => [entrant.name, ...(await afterMissed(entrant))]),
  );
  return [
    {
      title: `Race: stale reads of ${TRIES} after an invalidation that landed during a load of ${LOAD_MS} ms`,
      columns: ['who', ...cases.map(({ kind, by }) => `${kind}, ${by} process`)],
      rows: during,
      note: 'Read by both processes after the load ended and all messages arrived. Empty: there is no such call.',
    },
    {
      title: 'Missed: every pub/sub connection killed, then a key invalidated by another process',
      columns: ['who', 'the old value is served for', 'a later invalidation'],
      rows: missed,
    },
  ];
}

/** How many of some reads were stale. */
async function staleOf(entrant: Entrant, kind: Kind, by: (typeof BY)[number]): Promise<number | string> {
  return spoken(() =>
    withPair(entrant, async (loading, other) => {
      const invalidator = by === 'own' ? loading : other;
      if (!(await loading.ask('can', { call: KINDS[kind] }))) return '';
      const tries = Array.from({ length: TRIES }, async (_, index) => {
        const [key, tag] = [`race:${index}`, `tag:${index}`];
        const tags = kind === 'tag' ? { tags: [tag] } : {};
        const loaded = loading.ask('get', { key, value: 'old', loadMs: LOAD_MS, ...tags });
        await sleep(INVALIDATED_AFTER_MS);
        await invalidator.ask('invalidate', { kind, name: kind === 'tag' ? tag : key });
        await loaded;
        await sleep(SETTLED_MS);
        const read = { key, value: 'new', ...tags };
        return [await loading.ask('get', read), await other.ask('get', read)].includes('old');
      });
      return (await Promise.all(tries)).filter(Boolean).length;
    }),
  );
}

async function afterMissed(entrant: Entrant): Promise<readonly (string | number)[]> {
  let servedFor: string | number = '';
  const later = await spoken(() =>
    withPair(entrant, async (invalidator, reader, url) => {
      for (const key of ['missed', 'later']) {
        await invalidator.ask('get', { key, value: 'old' });
        await sleep(SETTLED_MS);
        await reader.ask('get', { key, value: 'old' });
      }
      const admin = createRedis(url, { commandTimeoutMs: 5_000 });
      admin.once(
        'ready',
        () => void admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub').finally(() => admin.disconnect()),
      );
      await new Promise((resolve) => admin.once('close', resolve));
      await invalidator.ask('invalidate', { kind: 'key', name: 'missed' });
      const staleMs = await reader.ask('staleFor', { key: 'missed', old: 'old', boundMs: STALE_MAX_MS });
      servedFor = staleMs === null ? `more than ${STALE_MAX_MS / 1_000} s` : `${staleMs.toFixed(0)} ms`;
      await sleep(2_000);
      await invalidator.ask('invalidate', { kind: 'key', name: 'later' });
      await sleep(500);
      return (await reader.ask('get', { key: 'later', value: 'new' })) === 'old' ? 'stale' : 'fresh';
    }),
  );
  return [servedFor, later];
}

/** Two processes of one entrant on one Redis. */
function withPair<Result>(
  entrant: Entrant,
  work: (one: Handle, other: Handle, url: string) => Promise<Result>,
): Promise<Result> {
  return withRedis(({ url }) =>
    withEntrants([entrant, entrant], url, async ([one, other]) => {
      if (!one || !other) throw new Error('two processes expected');
      for (const { handle } of [one, other]) await handle.ask('get', { key: 'warm-up' });
      return work(one.handle, other.handle, url);
    }),
  );
}

async function spoken<Result>(run: () => Promise<Result>): Promise<Result | string> {
  try {
    return await run();
  } catch (error) {
    return messageOf(error);
  }
}
