import type { LoadMany } from './cache.ts';
import type { Failures } from './failures.ts';
import type { Fetcher } from './fetcher.ts';
import type { Flights } from './flights.ts';
import { isDueEarly } from './freshness.ts';
import type { EntryOptions } from './options.ts';
import type { Counters } from './stats.ts';
import { knownTags } from './tags.ts';
import type { MemoryEntry } from './tiers/memory.ts';

export interface AgingOptions {
  readonly flights: Flights;
  readonly failures: Failures;
  readonly fetcher: Fetcher;
  readonly counters: Counters;
}

/** A copy counts as the one in Redis when the ends of their fresh times differ by no more than this. */
const CLOCK_SLACK_MS = 100;

/** What to do with memory copies that are stale or soon will be. */
export class Aging {
  readonly #options: AgingOptions;

  constructor(options: AgingOptions) {
    this.#options = options;
  }

  /** May the caller be answered with this now? A stale value only at once, or while its load has just failed. */
  answers<V>(key: string, held: MemoryEntry, now: number, options: EntryOptions<V>): boolean {
    const { counters, failures } = this.#options;
    if (now < held.freshUntil) {
      counters.memoryHits++;
      return true;
    }
    const isEnough = (options.softTimeoutMs ?? 0) === 0 || failures.current(key, now) !== undefined;
    if (isEnough) counters.staleHits++;
    return isEnough;
  }

  /** Is it time to load it anew, and is nobody here about to? */
  isDue(key: string, held: MemoryEntry, now: number): boolean {
    const { failures, flights } = this.#options;
    if (now < held.freshUntil && !isDueEarly(held, now)) return false;
    return !failures.current(key, now) && !flights.join(key);
  }

  /** Loads in the background, once over all processes. */
  refresh<V>(
    due: readonly (readonly [key: string, held: MemoryEntry])[],
    now: number,
    loadMany: LoadMany<V>,
    options: EntryOptions<V>,
  ): void {
    if (due.length === 0) return;
    const { flights, fetcher } = this.#options;
    const tags = knownTags(options);
    const begun = due.map(([key, held]) => {
      const leftMs = held.freshUntil - now;
      return flights.begin(key, tags, leftMs > 0 ? leftMs + CLOCK_SLACK_MS : 0);
    });
    void fetcher.settle(begun, loadMany, options);
  }
}
