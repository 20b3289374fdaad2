import { LRUCache } from 'lru-cache';
import type { Marks } from '../invalidation/marks.ts';

export interface MemoryEntry {
  readonly value: unknown;
  readonly tags: readonly string[];
  /** The marks' position from before the value was read. */
  readonly position: number;
  readonly storedAt: number;
  readonly earlyFrom: number;
  readonly freshUntil: number;
  readonly expiresAt: number;
  readonly bytes: number;
}

export interface MemoryOptions {
  readonly bytesMax: number;
  readonly entriesMax?: number;
  readonly marks: Marks;
  readonly onEvict: () => void;
}

/** How long an entry lives while invalidations of other processes cannot be heard. */
const DEAF_TTL_MS = 5_000;

/** What an entry costs beside its encoded value: the key, the tags and the bookkeeping. */
const ENTRY_OVERHEAD_BYTES = 256;

/** Values by reference, bounded by bytes, least recently used out first. Everything in here is synchronous. */
export class MemoryTier {
  readonly #entries: LRUCache<string, MemoryEntry>;
  readonly #marks: Marks;
  /** Since when invalidations of others cannot be heard. */
  #deafSince: number | undefined;

  constructor({ bytesMax, entriesMax, marks, onEvict }: MemoryOptions) {
    this.#marks = marks;
    this.#entries = new LRUCache<string, MemoryEntry>({
      maxSize: bytesMax,
      ...(entriesMax === undefined ? {} : { max: entriesMax }),
      sizeCalculation: (entry) => entry.bytes,
      dispose: (_entry, _key, reason) => {
        if (reason === 'evict') onEvict();
      },
    });
  }

  get(key: string, now: number): MemoryEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#isFresh(entry, now)) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, entry: Omit<MemoryEntry, 'bytes'>, encodedBytes: number): MemoryEntry {
    let bytes = encodedBytes + key.length * 2 + ENTRY_OVERHEAD_BYTES;
    for (const tag of entry.tags) bytes += tag.length * 2;
    const sized = { ...entry, bytes };
    this.#entries.set(key, sized);
    return sized;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Deletes the key only if it still holds this very entry. */
  deleteEntry(key: string, entry: MemoryEntry): void {
    if (this.#entries.peek(key) === entry) this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** While deaf, an entry lives at most 5 s from then or from when it was stored. */
  setDeafSince(time: number | undefined): void {
    this.#deafSince = time;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  get entries(): number {
    return this.#entries.size;
  }

  #isFresh(entry: MemoryEntry, now: number): boolean {
    if (now >= entry.expiresAt) return false;
    if (this.#deafSince !== undefined && now >= Math.max(this.#deafSince, entry.storedAt) + DEAF_TTL_MS)
      return false;
    return this.#marks.isCurrent(entry.position, entry.tags);
  }
}
