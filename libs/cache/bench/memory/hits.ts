import { LRUCache } from 'lru-cache';
import { createCache } from '../../src/index.ts';
import type { Cache } from '../../src/index.ts';
import { seeded } from '../../src/testing/seeded.ts';
import { machine, measure } from './rates.ts';
import type { Subject } from './rates.ts';

/*
 * What a hit in memory costs, side by side with lru-cache in one process: `node libs/cache/bench/memory/hits.ts`.
 * The calls are written as callers write them: with a loader closure and options literal of their own.
 */
const ROUNDS = 9;
const OPERATIONS = 200_000;
const BATCH = 100;

interface Value {
  readonly id: number;
  readonly text: string;
}

/** Whatever was read counts in here, so that no read can be left out. */
const seen = { sum: 0 };

const mustNotLoad = (): never => {
  throw new Error('a hit must not load');
};

async function fill(cache: Cache, keys: readonly string[], length: number, tagged: boolean): Promise<Cache> {
  for (const [id, key] of keys.entries()) {
    const tags = tagged ? [`course:${id % 40}`, `lesson:${id}`] : [];
    await cache.getOrSet<Value>(key, () => ({ id, text: 'x'.repeat(length) }), { tags });
  }
  return cache;
}

/** Reads all keys in one random order that is the same for every subject. */
function subjectsOf(
  keys: readonly string[],
  caches: { readonly plain: Cache; readonly tagged: Cache; readonly lru: LRUCache<string, Value> },
): readonly Subject[] {
  const { plain, tagged, lru } = caches;
  const random = seeded(1);
  const order = Array.from({ length: 2 ** 17 }, () => keys[Math.floor(random() * keys.length)] as string);
  const at = (index: number) => order[index & (2 ** 17 - 1)] as string;

  const peek = (cache: Cache) => (operations: number) => {
    for (let i = 0; i < operations; i++) seen.sum += cache.peek<Value>(at(i))?.id ?? mustNotLoad();
  };
  const getOrSet = (cache: Cache, disturb?: () => void) => async (operations: number) => {
    for (let i = 0; i < operations; i++) {
      if (disturb && i % 1_000 === 0) disturb();
      seen.sum += (await cache.getOrSet<Value>(at(i), () => mustNotLoad(), { ttlMs: 60_000 })).id;
    }
  };
  const getMany = (cache: Cache) => async (operations: number) => {
    for (let i = 0; i < operations; i += BATCH) {
      const from = i & (2 ** 16 - 1);
      const found = await cache.getMany<Value>(order.slice(from, from + BATCH), () => mustNotLoad());
      seen.sum += found.size;
    }
  };
  // Reads of an entry's tags while others are invalidated: a thousand reads after each.
  const invalidateOther = () => void tagged.invalidateTags(['unrelated']);

  return [
    {
      name: 'lru-cache get (sync, ttl)',
      run: (operations) => {
        for (let i = 0; i < operations; i++) seen.sum += lru.get(at(i))?.id ?? mustNotLoad();
      },
    },
    {
      name: 'lru-cache in an async function',
      run: async (operations) => {
        const get = async (key: string) => lru.get(key) ?? mustNotLoad();
        for (let i = 0; i < operations; i++) seen.sum += (await get(at(i))).id;
      },
    },
    { name: 'peek', run: peek(plain) },
    { name: 'peek, two tags', run: peek(tagged) },
    { name: 'getOrSet', run: getOrSet(plain) },
    { name: 'getOrSet, two tags', run: getOrSet(tagged) },
    {
      name: 'getOrSet, two tags, others invalidated',
      run: getOrSet(tagged, invalidateOther),
    },
    { name: `getMany of ${BATCH}, per key`, run: getMany(plain) },
  ];
}

process.stdout.write(`${machine()}; medians (best) of ${ROUNDS} rounds, million operations per second\n`);
for (const [length, keyCount] of [
  [150, 1_000],
  [2_650, 1_000],
  [150, 100_000],
] as const) {
  const keys = Array.from({ length: keyCount }, (_, id) => `lesson:${id}`);
  const memory = { bytesMax: 2 ** 30 };
  const lru = new LRUCache<string, Value>({ max: keyCount * 2, ttl: 300_000 });
  for (const [id, key] of keys.entries()) lru.set(key, { id, text: 'x'.repeat(length) });
  const caches = {
    plain: await fill(createCache({ namespace: 'plain', memory }), keys, length, false),
    tagged: await fill(createCache({ namespace: 'tagged', memory }), keys, length, true),
    lru,
  };
  const rates = await measure(subjectsOf(keys, caches), { rounds: ROUNDS, operations: OPERATIONS });
  process.stdout.write(`\n${keyCount} keys, values of ${length + 46} B\n`);
  for (const { name, median, best } of rates) {
    process.stdout.write(`${name.padEnd(40)} ${median.toFixed(2).padStart(7)} (${best.toFixed(2)})\n`);
  }
}
process.stdout.write(`\n${machine()}\n`);
