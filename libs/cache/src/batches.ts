import type { Aging } from './aging.ts';
import type { LoadMany } from './cache.ts';
import type { Fetcher } from './fetcher.ts';
import type { Flight, Flights } from './flights.ts';
import type { LocalStore } from './local-store.ts';
import type { CacheSettings, EntryOptions } from './options.ts';
import type { Counters } from './stats.ts';
import { knownTags } from './tags.ts';
import { MemoryEntry } from './tiers/memory.ts';

export interface BatchesOptions {
  readonly settings: CacheSettings;
  readonly counters: Counters;
  readonly local: LocalStore;
  readonly flights: Flights;
  readonly aging: Aging;
  readonly fetcher: Fetcher;
}

/** Where the keys of one call are: in memory, or on their way for this call or for another. */
interface Search {
  readonly places: Map<string, MemoryEntry | Flight>;
  readonly due: (readonly [key: string, held: MemoryEntry])[];
  readonly own: Flight[];
  readonly others: Flight[];
}

/** Calls for many keys. What nobody else is fetching is fetched in one go, and waited for as one. */
export class Batches {
  readonly #options: BatchesOptions;

  constructor(options: BatchesOptions) {
    this.#options = options;
  }

  async getMany<V>(
    keys: readonly string[],
    loadMany: LoadMany<V>,
    options: EntryOptions<V>,
  ): Promise<Map<string, V>> {
    const { aging, flights, settings } = this.#options;
    const now = settings.clock();
    const { places, due, own, others } = this.#search(keys, now, options);
    aging.refresh(due, now, loadMany, options);
    if (others.length === 0) {
      if (own.length > 0) await this.#fetch(own, loadMany, options);
      return valuesOf(places);
    }
    await Promise.all([this.#fetch(own, loadMany, options), ...others.map((flight) => flight.outcome)]);
    // Another batch did not know these keys; ours may.
    const unknown = others.filter(({ answer }) => !answer?.found);
    const tags = knownTags(options);
    const again = unknown.map(({ key }) => flights.begin(key, tags));
    for (const flight of again) places.set(flight.key, flight);
    await this.#fetch(again, loadMany, options);
    return valuesOf(places);
  }

  #search<V>(keys: readonly string[], now: number, options: EntryOptions<V>): Search {
    const { aging, counters, flights, local } = this.#options;
    const search: Search = { places: new Map(), due: [], own: [], others: [] };
    const tags = knownTags(options);
    for (const key of keys) {
      if (search.places.has(key)) continue;
      const held = local.get(key, now);
      if (held !== undefined && aging.answers(key, held, now, options)) {
        search.places.set(key, held);
        if (now >= held.earlyFrom && aging.isDue(key, held, now)) search.due.push([key, held]);
        continue;
      }
      const joined = flights.join(key);
      if (joined) {
        counters.shared++;
        search.others.push(joined);
      } else search.own.push(flights.begin(key, tags));
      search.places.set(key, joined ?? (search.own.at(-1) as Flight));
    }
    return search;
  }

  /** Resolves when all are answered, rejects when one fails. */
  #fetch<V>(flights: readonly Flight[], loadMany: LoadMany<V>, options: EntryOptions<V>): Promise<void> {
    if (flights.length === 0) return Promise.resolve();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    let open = flights.length;
    const onAnswered = (failure: { readonly error: unknown } | undefined) => {
      if (failure) reject(failure.error);
      else if (--open === 0) resolve(undefined);
    };
    for (const flight of flights) flight.onAnswered = onAnswered;
    void this.#options.fetcher.settle(flights, loadMany, options);
    return promise;
  }
}

function valuesOf<V>(places: ReadonlyMap<string, MemoryEntry | Flight>): Map<string, V> {
  const found = new Map<string, V>();
  for (const [key, place] of places) {
    if (place instanceof MemoryEntry) found.set(key, place.value as V);
    else if (place.answer?.found) found.set(key, place.answer.value as V);
  }
  return found;
}
