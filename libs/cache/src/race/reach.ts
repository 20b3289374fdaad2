import assert from 'node:assert/strict';
import type { EntryOptions } from '../index.ts';
import type { ControlledInstance } from '../testing/controlled-instance.ts';
import type { Mode, Point } from './rows.ts';

/** What a row is played with. */
export interface Scene {
  /** Whose read is under way. */
  readonly reader: ControlledInstance;
  readonly other: ControlledInstance;
  readonly key: string;
  readonly options: EntryOptions<string>;
  /** Gives what is true now. */
  readonly load: () => string;
  /** Moves the clock of all caches on. */
  readonly advance: (ms: number) => void;
}

/** How long what is kept may be served stale. */
export const STALE_MS = 600_000;

/** A read that has come as far as asked; `finish` lets it go on to its end, stores included. */
export interface Reached {
  finish(): Promise<void>;
}

/** Brings a read, or the refresh that it starts, to the point. */
export async function reach(scene: Scene, mode: Mode, point: Point): Promise<Reached> {
  if (mode === 'background') {
    await keepStale(scene);
    if (point === 'before the load, kept by all') return over;
  }
  const { reader, other, key, options, load } = scene;
  const read = () => reader.cache.getOrSet(key, load, options);
  const end = async (call: Promise<string>, release: () => void): Promise<Reached> => {
    if (mode === 'background') assert.equal(await call, 'old', 'nobody waits for a refresh');
    return {
      finish: async () => {
        release();
        assert.ok(['old', 'new'].includes(await call));
        await settled(reader);
      },
    };
  };
  switch (point) {
    case 'before the load, kept by all':
      await other.cache.getOrSet(key, load, options);
      await settled(other);
      await reader.cache.getOrSet(key, mustNotLoad, options);
      return over;
    case 'after the load':
      await read();
      await settled(reader);
      return over;
    case 'while the question is on its way to Redis':
    case 'while the answer "nothing" is on its way back':
    case 'while the answer, the old value, is on its way back': {
      if (point === 'while the answer, the old value, is on its way back') {
        await other.cache.getOrSet(key, load, options);
        await settled(other);
      }
      const held = reader.hold(point === 'while the question is on its way to Redis' ? 'request' : 'reply');
      const call = read();
      await held.reached;
      return end(call, () => held.release());
    }
    case 'during the load':
    case 'at the store, on its way to Redis':
    case 'at the store, its answer on the way back': {
      const gate = gated(load);
      const call = reader.cache.getOrSet(key, gate.load, options);
      await gate.started;
      if (point === 'during the load') return end(call, () => gate.finish());
      const held = reader.hold(point === 'at the store, on its way to Redis' ? 'request' : 'reply');
      gate.finish();
      await held.reached;
      return end(call, () => held.release());
    }
  }
}

/** Leaves a value that is served, and refreshed by whoever reads it. */
async function keepStale({ reader, key, options, load, advance }: Scene): Promise<void> {
  await reader.cache.getOrSet(key, load, { ...options, ttlMs: 1, staleMs: STALE_MS });
  await settled(reader);
  // In Redis its time is up after a millisecond, in memory when the clock says so.
  while ((await reader.redis.pttl(`cache:{test}:entry:${key}`)) >= STALE_MS);
  advance(1_000);
}

/** A question, a load and a store are over. */
export async function settled({ answered }: ControlledInstance): Promise<void> {
  for (let trips = 0; trips < 3; trips++) await answered();
}

const over: Reached = { finish: () => Promise.resolve() };

export const mustNotLoad = () => assert.fail('must not load');

/** A loader that looks at the truth when it starts and answers when told. */
export function gated(load: () => string) {
  const started = Promise.withResolvers<undefined>();
  const gate = Promise.withResolvers<undefined>();
  return {
    started: started.promise,
    finish: () => gate.resolve(undefined),
    load: async () => {
      const value = load();
      started.resolve(undefined);
      await gate.promise;
      return value;
    },
  };
}
