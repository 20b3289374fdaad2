import { isTimedOut } from '@ganitagya/resilience';
import type { EntryOptions } from '../../index.ts';
import type { ControlledInstance } from '../../testing/controlled-instance.ts';
import type { Holdings } from './holdings.ts';
import type { Links } from './links.ts';
import { keys, tagsOf } from './operations.ts';
import type { Key } from './operations.ts';
import { SourceError } from './source.ts';
import type { Source, Terms } from './source.ts';
import type { Truth, Value } from './truth.ts';

export interface ReadsOptions {
  readonly instance: (at: number, tenant: number) => ControlledInstance;
  readonly truth: Truth;
  readonly links: Links;
  readonly source: Source;
  readonly holdings: Holdings;
  readonly clock: { readonly now: number };
}

const HOUR_MS = 3_600_000;
/** What the README promises: an error is not remembered for longer. */
const PAUSE_MS_MAX = 2_000;
const usual: Terms = { freshMs: HOUR_MS, staleMs: 0 };
/** Stale at once: served by each read, which refreshes it in the background. */
const shortLived: Terms = { freshMs: 1, staleMs: 60_000 };
/** Loaded anew by who reads it, and served stale when that takes long or fails. */
const awaited: Terms = { freshMs: 2_000, staleMs: 30_000 };
/** Above the length from which time-outs are moved on with the clock. */
const SOFT_TIMEOUT_MS = 12_000;

interface Failed {
  readonly at: number;
  readonly tenant: number;
  readonly key: Key;
  readonly floor: number;
}

/** How each key is kept; the tags of most are known only with the value. */
const contracts: Readonly<Record<Key, { readonly terms: Terms; readonly options: EntryOptions<Value> }>> = {
  a: { terms: usual, options: { tags: tagsOf('a') } },
  b: { terms: usual, options: { tags: () => tagsOf('b') } },
  c: contract('c', shortLived),
  d: contract('d', awaited, { softTimeoutMs: SOFT_TIMEOUT_MS }),
};

function contract(key: Key, terms: Terms, more: EntryOptions<Value> = {}) {
  const { freshMs: ttlMs, staleMs } = terms;
  return { terms, options: { tags: () => tagsOf(key), ttlMs, staleMs, ...more } };
}

/** Reads of all kinds, checked against what is true. */
export class Reads {
  readonly #options: ReadsOptions;
  /** Redis has lost something that nobody knows of yet. */
  isUnsteady = false;

  constructor(options: ReadsOptions) {
    this.#options = options;
  }

  /** Undefined: it failed as it may. */
  async read(at: number, tenant: number, key: Key, isHeld: boolean): Promise<Value | undefined> {
    const { truth, clock, links, holdings, source } = this.#options;
    const floor = truth.floor(at, tenant, key);
    const isCalm = links.isWell(at) && !this.isUnsteady && truth.isSettled(at, tenant);
    const note = isCalm ? holdings.reading(at, tenant, key) : undefined;
    const { terms, options } = contracts[key];
    const load = () => source.load(at, { tenant, key }, terms, isHeld);
    let value: Value;
    try {
      value = await this.#options.instance(at, tenant).cache.getOrSet<Value>(key, load, options);
    } catch (error) {
      this.#checkError({ at, tenant, key, floor }, error);
      return undefined;
    }
    truth.check({ what: `a read by ${at}`, tenant, key, floor, now: clock.now }, value);
    if (value.version === truth.now(tenant, key).version) note?.(value);
    return value;
  }

  /** Errors are those of loads, of none that is long past or whose key was invalidated since, and better than nothing. */
  #checkError({ at, tenant, key, floor }: Failed, error: unknown): void {
    const { truth, clock, holdings } = this.#options;
    const complain = (what: string) =>
      truth.violations.push(`a read by ${at} of tenant ${tenant}, key ${key} gave ${what}: ${String(error)}`);
    if (error instanceof SourceError) {
      // The error of a batch is that of any of its keys.
      if (error.wanted.key === key && error.wanted.version < floor)
        complain(`an error of before version ${floor}`);
      if (clock.now - error.failedAt > PAUSE_MS_MAX) complain(`an old error at ${clock.now}`);
    } else if (!isTimedOut(error)) complain('an error of another kind');
    if (holdings.has(at, tenant, key, clock.now)) complain('an error instead of a stale value');
  }

  async getMany(at: number, tenant: number): Promise<void> {
    const { truth, clock, source } = this.#options;
    // What it has found may get old while it waits for the rest.
    const { now } = clock;
    const floors = new Map(keys.map((key) => [key, truth.floor(at, tenant, key)]));
    const loadMany = async (missing: readonly string[]) =>
      new Map(
        await Promise.all(
          (missing as readonly Key[]).map(
            async (key) => [key as string, await source.load(at, { tenant, key }, usual, false)] as const,
          ),
        ),
      );
    const reading = this.#options.instance(at, tenant).cache.getMany(keys, loadMany, {
      tags: (_value, key) => tagsOf(key as Key),
    });
    const check = (values: ReadonlyMap<string, Value>) => {
      for (const key of keys) {
        const value = values.get(key);
        const floor = floors.get(key) ?? 0;
        if (value) truth.check({ what: `a batch by ${at}`, tenant, key, floor, now }, value);
      }
    };
    const forgive = (error: unknown) => {
      if (!(error instanceof SourceError || isTimedOut(error))) throw error;
    };
    await reading.then(check, forgive);
  }

  peek(at: number, tenant: number): void {
    const { truth, clock } = this.#options;
    for (const key of keys) {
      const value = this.#options.instance(at, tenant).cache.peek<Value>(key);
      const floor = truth.floor(at, tenant, key);
      const check = { what: `a peek by ${at}`, tenant, key, floor, now: clock.now, isFresh: true };
      if (value) truth.check(check, value);
    }
  }
}
