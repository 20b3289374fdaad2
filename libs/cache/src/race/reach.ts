import assert from 'node:assert/strict';
import type { EntryOptions } from '../index.ts';
import type { ControlledInstance } from '../testing/controlled-instance.ts';
import type { Point } from './rows.ts';

/** What a row is played with. */
export interface Scene {
  /** Whose read is under way. */
  readonly reader: ControlledInstance;
  readonly other: ControlledInstance;
  readonly key: string;
  readonly options: EntryOptions<string>;
  /** Gives what is true now. */
  readonly load: () => string;
}

/** A read that has come as far as asked; `finish` lets it go on to its end, stores included. */
export interface Reached {
  finish(): Promise<void>;
}

/** Brings a read in the foreground to the point. */
export async function reachInForeground(scene: Scene, point: Point): Promise<Reached> {
  const { reader, other, key, options, load } = scene;
  const read = () => reader.cache.getOrSet(key, load, options);
  const end = (call: Promise<string>, release: () => void): Reached => ({
    finish: async () => {
      release();
      assert.ok(['old', 'new'].includes(await call));
      await reader.answered();
    },
  });
  switch (point) {
    case 'before the load, kept by all':
      await other.cache.getOrSet(key, load, options);
      await other.answered();
      await reader.cache.getOrSet(key, mustNotLoad, options);
      return over;
    case 'after the load':
      await read();
      await reader.answered();
      return over;
    case 'while the question is on its way to Redis':
    case 'while the answer "nothing" is on its way back':
    case 'while the answer, the old value, is on its way back': {
      if (point === 'while the answer, the old value, is on its way back') {
        await other.cache.getOrSet(key, load, options);
        await other.answered();
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
