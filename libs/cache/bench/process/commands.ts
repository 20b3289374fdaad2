import { setTimeout as sleep } from 'node:timers/promises';

import type { Contestant } from '../contestant.ts';
import { measureSlice, type SliceRequest } from '../speed/slice.ts';
import { makeValue } from '../value.ts';
import { paced, type Pace } from './paced.ts';
import { microseconds } from './clock.ts';

/** A load that takes its time, then gives a value or fails. */
export interface LoadRequest {
  readonly key: string;
  readonly value?: unknown;
  readonly loadMs?: number;
  readonly fails?: boolean;
  readonly tags?: readonly string[];
}

/** Callers of one key. */
export interface CallersRequest extends LoadRequest {
  readonly count: number;
  readonly giveUpMs: number;
}

/** What callers got, by how it reads, and how often the loader ran for them. */
export interface CallersReport {
  readonly loads: number;
  readonly slowestMs: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

/** What a contestant in a process of its own can be asked to do. */
export function createCommands(contestant: Contestant) {
  let loads = 0;
  const heard = new Map<string, number>();
  let isListening = false;
  const get = ({ key, value = 'loaded', loadMs = 0, fails = false, tags }: LoadRequest) =>
    contestant.getOrSet(
      key,
      async () => {
        loads++;
        if (loadMs > 0) await sleep(loadMs);
        if (fails) throw new Error('load failed');
        return value;
      },
      tags,
    );
  return {
    get,
    can: async ({ call }: { readonly call: keyof Contestant }) => contestant[call] !== undefined,
    async invalidate({ kind, name }: { readonly kind: 'key' | 'tag' | 'clear'; readonly name: string }) {
      if (kind === 'key') await contestant.invalidate?.(name);
      else if (kind === 'tag') await contestant.invalidateTag?.(name);
      else await contestant.clear?.();
    },
    slice: (request: SliceRequest) => measureSlice(contestant, request),

    /** Many at once on one key; who waits for too long is counted as such. */
    async callers({ count, giveUpMs, ...load }: CallersRequest): Promise<CallersReport> {
      const givenUp = sleep(giveUpMs, `still waiting after ${giveUpMs / 1_000} s`);
      const outcomes: Record<string, number> = {};
      const before = loads;
      const start = performance.now();
      await Promise.all(
        Array.from({ length: count }, async () => {
          const got = get(load).then(
            (value) => (value === undefined ? 'undefined' : 'value'),
            (error: unknown) => nameOf(error),
          );
          const outcome = await Promise.race([got, givenUp]);
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        }),
      );
      return { loads: loads - before, slowestMs: performance.now() - start, outcomes };
    },

    /** One after the other, each for another absent key; how long each took. */
    async calls({ prefix, count, loadMs }: { prefix: string; count: number; loadMs: number }) {
      const latenciesMs: number[] = [];
      for (let index = 0; index < count; index += 1) {
        const start = performance.now();
        await get({ key: `${prefix}${index}`, loadMs });
        latenciesMs.push(performance.now() - start);
      }
      return latenciesMs;
    },

    /** Reads a key that memory has for a while; the slowest, and how often it had to be loaded again. */
    async hits({ key, durationMs }: { key: string; durationMs: number }) {
      let slowestMs = 0;
      let reloads = 0;
      const reload = async () => {
        reloads += 1;
        return 'reloaded';
      };
      const start = performance.now();
      while (performance.now() - start < durationMs) {
        const asked = performance.now();
        await contestant.getOrSet(key, reload);
        slowestMs = Math.max(slowestMs, performance.now() - asked);
        await sleep(10);
      }
      return { slowestMs, reloads };
    },

    /** Reads one key every few milliseconds until it is another value than the old one, or the time is over. */
    async staleFor({ key, old, boundMs }: { key: string; old: string; boundMs: number }) {
      const start = performance.now();
      while (performance.now() - start < boundMs) {
        if ((await get({ key, value: 'new' })) !== old) return performance.now() - start;
        await sleep(5);
      }
      return null;
    },

    /** Writes sets of keys for a batch. */
    async fillSets({ prefix, sets, size, bytes }: Sets & { readonly bytes: number }) {
      for (let set = 0; set < sets; set += 1) {
        const keys = keysOf(prefix, set, size);
        await Promise.all(keys.map((key, index) => get({ key, value: makeValue(index, bytes) })));
      }
      await sleep(50);
    },

    /** Reads sets that memory does not have; how long each took. */
    async readSets({ prefix, sets, size, from }: Sets & { readonly from: number }) {
      const latenciesMs: number[] = [];
      let incomplete = 0;
      for (let set = from; set < from + sets; set += 1) {
        const keys = keysOf(prefix, set, size);
        const start = performance.now();
        const values = await contestant.getMany?.(keys);
        latenciesMs.push(performance.now() - start);
        const found = values?.filter((value) => value !== undefined && value !== null).length;
        if (found !== size) incomplete += 1;
      }
      return { latenciesMs, incomplete };
    },

    /** Invalidates keys at a pace; when each was called, and when it had resolved. */
    invalidateMany: (run: Pace) => paced(run, async (key) => contestant.invalidate?.(key)),

    /** Takes keys into memory, and notes from then on when each is gone from it. */
    async listen({ prefix, count }: Pace) {
      heard.clear();
      for (let index = 0; index < count; index += 1) await get({ key: `${prefix}${index}` });
      if (!isListening) {
        contestant.onInvalidated?.((key) => {
          if (!heard.has(key)) heard.set(key, microseconds());
        });
      }
      isListening = true;
    },
    heard: async ({ prefix, count }: Pace) =>
      Array.from({ length: count }, (_, index) => heard.get(`${prefix}${index}`) ?? null),
  };
}

interface Sets {
  readonly prefix: string;
  readonly sets: number;
  readonly size: number;
}

/** All commands, by name. */
export type Commands = ReturnType<typeof createCommands>;

function keysOf(prefix: string, set: number, size: number): string[] {
  return Array.from({ length: size }, (_, index) => `${prefix}${set}:${index}`);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
