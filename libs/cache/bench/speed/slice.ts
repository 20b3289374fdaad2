import type { Contestant, Load } from '../contestant.ts';
import { makeValue } from '../value.ts';

/** What is done over and over. */
export const ACTIONS = ['hit', 'taggedHit', 'peek', 'fill', 'set'] as const;
export type Action = (typeof ACTIONS)[number];

/** One short measurement; the first one of an action and size fills the keys. */
export interface SliceRequest {
  readonly action: Action;
  readonly bytes: number;
  readonly durationMs: number;
}

const KEYS = 1_000;
/** How many operations go between two looks at the clock. */
const STRIDE = 50;
const TAGS = ['course:1', 'author:2'];

const filled = new Map<string, readonly string[]>();
let written = 0;

/** Operations per second, one after the other; undefined when the contestant has no such thing. */
export async function measureSlice(
  contestant: Contestant,
  { action, bytes, durationMs }: SliceRequest,
): Promise<number | undefined> {
  const mustNotLoad: Load = () => Promise.reject(new Error('a hit must not load'));
  const value = makeValue(1, bytes);
  const keys = await fill(contestant, action, bytes);
  switch (action) {
    case 'hit':
      return repeat(durationMs, async (from) => {
        for (let i = from; i < from + STRIDE; i++) await contestant.getOrSet(keys[i] ?? '', mustNotLoad);
      });
    case 'taggedHit':
      if (!contestant.invalidateTag) return undefined;
      return repeat(durationMs, async (from) => {
        for (let i = from; i < from + STRIDE; i++)
          await contestant.getOrSet(keys[i] ?? '', mustNotLoad, TAGS);
      });
    case 'peek': {
      const { peek } = contestant;
      if (!peek) return undefined;
      return repeat(durationMs, (from) => {
        for (let i = from; i < from + STRIDE; i++)
          if (peek(keys[i] ?? '') === undefined) throw new Error('no hit');
      });
    }
    case 'fill':
      return repeat(durationMs, async () => {
        for (let i = 0; i < STRIDE; i++)
          await contestant.getOrSet(`${process.pid}:fill:${written++}`, async () => value);
      });
    case 'set': {
      const { set } = contestant;
      if (!set) return undefined;
      return repeat(durationMs, async () => {
        for (let i = 0; i < STRIDE; i++) await set(`${process.pid}:set:${written++}`, value);
      });
    }
  }
}

/** Puts the keys of hits where they are hit. */
async function fill(contestant: Contestant, action: Action, bytes: number): Promise<readonly string[]> {
  if (action === 'fill' || action === 'set') return [];
  // Names of its own: what others of the same kind keep in Redis is none of its business.
  const name = `${process.pid}:${action}:${bytes}:`;
  const known = filled.get(name);
  if (known) return known;
  const keys = Array.from({ length: KEYS }, (_, index) => `${name}${index}`);
  const tags = action === 'taggedHit' ? TAGS : undefined;
  for (const [index, key] of keys.entries()) {
    await contestant.getOrSet(key, async () => makeValue(index, bytes), tags);
  }
  filled.set(name, keys);
  return keys;
}

async function repeat(durationMs: number, stride: (from: number) => unknown): Promise<number> {
  const start = performance.now();
  let operations = 0;
  do {
    await stride(operations % KEYS);
    operations += STRIDE;
  } while (performance.now() - start < durationMs);
  return (operations * 1_000) / (performance.now() - start);
}
