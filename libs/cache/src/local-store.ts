import type { Flights } from './flights.ts';
import type { Invalidation } from './events.ts';
import type { Marks } from './invalidation/marks.ts';
import { deepFreeze } from './memory/deep-freeze.ts';
import type { CacheSettings } from './options.ts';
import type { Counters } from './stats.ts';
import { MemoryTier } from './tiers/memory.ts';
import type { MemoryEntry, MemoryValue } from './tiers/memory.ts';

/** Negative values are small; this bounds their keys. */
const NEGATIVE_BYTES_MAX = 8 * 2 ** 20;

export interface LocalStoreOptions {
  readonly settings: CacheSettings;
  readonly marks: Marks;
  readonly flights: Flights;
  readonly counters: Counters;
}

/** What this process holds: values, negative values apart so that they cannot flush the others, and flights. */
export class LocalStore {
  readonly #values: MemoryTier;
  readonly #negatives: MemoryTier;
  readonly #marks: Marks;
  readonly #flights: Flights;
  readonly #counters: Counters;
  readonly #freezes: boolean;

  constructor({ settings, marks, flights, counters }: LocalStoreOptions) {
    const onEvict = () => {
      counters.evictions++;
    };
    const { bytesMax, negativeEntriesMax: entriesMax } = settings.memory;
    this.#values = new MemoryTier({ bytesMax, marks, onEvict });
    this.#negatives = new MemoryTier({
      bytesMax: Math.min(bytesMax, NEGATIVE_BYTES_MAX),
      entriesMax,
      marks,
      onEvict,
    });
    this.#marks = marks;
    this.#flights = flights;
    this.#counters = counters;
    this.#freezes = settings.memory.freeze;
  }

  get(key: string, now: number): MemoryEntry | undefined {
    return this.#values.get(key, now) ?? this.#negatives.get(key, now);
  }

  set(key: string, kept: MemoryValue, isNegative: boolean): MemoryEntry {
    const into = isNegative ? this.#negatives : this.#values;
    const other = isNegative ? this.#values : this.#negatives;
    other.delete(key);
    if (this.#freezes) deepFreeze(kept.value);
    return into.set(key, kept);
  }

  deleteEntry(key: string, entry: MemoryEntry): void {
    this.#values.deleteEntry(key, entry);
  }

  /** From here on nothing that was read or begun before is kept, joined or served. False: had to drop everything. */
  invalidate(invalidation: Invalidation): boolean {
    if ('tags' in invalidation) {
      if (this.#marks.markTags(invalidation.tags)) return true;
      this.dropAll();
      return false;
    }
    if ('all' in invalidation) {
      this.dropAll();
      return true;
    }
    for (const key of invalidation.keys) {
      this.#values.delete(key);
      this.#negatives.delete(key);
      this.#flights.void(key);
    }
    return true;
  }

  dropAll(): void {
    this.#marks.markAll();
    this.#values.clear();
    this.#negatives.clear();
    this.#counters.drops++;
  }

  /** Everything that others had published by then has been heard. */
  setDeafSince(time: number): void {
    this.#values.setDeafSince(time);
    this.#negatives.setDeafSince(time);
    this.#flights.setDeafSince(time);
  }

  sizes(): { readonly entries: number; readonly negativeEntries: number; readonly bytes: number } {
    return {
      entries: this.#values.entries,
      negativeEntries: this.#negatives.entries,
      bytes: this.#values.bytes + this.#negatives.bytes,
    };
  }
}
