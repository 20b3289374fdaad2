import { DEAF_TTL_MS } from '../deafness.ts';
import type { Marks } from '../invalidation/marks.ts';
import type { Fifo, Queued } from '../memory/fifo.ts';
import { withOwnBytes } from '../memory/own-bytes.ts';
import { S3Fifo } from '../memory/s3-fifo.ts';
import { sizeOf } from '../memory/size-of.ts';

/** What is kept of a value. */
export interface MemoryValue {
  readonly value: unknown;
  readonly tags: readonly string[];
  /** The marks' position from before the value was read. */
  readonly position: number;
  readonly storedAt: number;
  /** From here on it may be refreshed ahead of time; `freshUntil` by default. */
  readonly earlyFrom?: number;
  /** From here on it is stale; `expiresAt` by default. */
  readonly freshUntil?: number;
  readonly expiresAt: number;
}

export interface MemoryOptions {
  readonly bytesMax: number;
  readonly entriesMax?: number;
  readonly marks: Marks;
  readonly onEvict: () => void;
}

/** What an entry costs beside its value: its place in the queues and the map. */
const ENTRY_OVERHEAD_BYTES = 256;

/** Of the whole bound; a larger value would drive out too many others. */
const ENTRY_SHARE_MAX = 1 / 8;

/** A value in its place. */
export class MemoryEntry implements MemoryValue, Queued {
  readonly value: unknown;
  readonly expiresAt: number;
  readonly earlyFrom: number;
  /** Moves on with every check that finds nothing younger, so that the next one is a comparison. */
  position: number;
  uses = 0;
  readonly key: string;
  readonly tags: readonly string[];
  readonly storedAt: number;
  readonly freshUntil: number;
  readonly bytes: number;
  queue: Fifo<this> | undefined = undefined;
  older: this | undefined = undefined;
  newer: this | undefined = undefined;
  #settled: Promise<unknown> | undefined;

  constructor(key: string, kept: MemoryValue, value: unknown, bytes: number) {
    this.value = value;
    // A whole number is kept in place, a fraction apart: one access to memory more for every hit.
    this.expiresAt = Math.floor(kept.expiresAt);
    this.freshUntil = Math.floor(kept.freshUntil ?? kept.expiresAt);
    this.earlyFrom = Math.floor(kept.earlyFrom ?? this.freshUntil);
    this.position = kept.position;
    this.key = key;
    this.tags = kept.tags;
    this.storedAt = kept.storedAt;
    this.bytes = bytes;
  }

  /** The value as a promise, one for all hits. */
  get settled(): Promise<unknown> {
    return (this.#settled ??= Promise.resolve(this.value));
  }
}

/** Values by reference, bounded by the memory they take. Everything in here is synchronous. */
export class MemoryTier {
  readonly #entries: S3Fifo<MemoryEntry>;
  readonly #entryBytesMax: number;
  readonly #marks: Marks;
  /** From here on, entries of before are too old to be served without hearing of invalidations. */
  #deafFrom = Infinity;

  constructor({ bytesMax, entriesMax = Infinity, marks, onEvict }: MemoryOptions) {
    this.#marks = marks;
    this.#entryBytesMax = bytesMax * ENTRY_SHARE_MAX;
    this.#entries = new S3Fifo<MemoryEntry>({ bytesMax, entriesMax, onEvict });
  }

  get(key: string, now: number): MemoryEntry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#isFresh(entry, now)) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  /** Keeps the value, unless it would take more than its share of the memory. */
  set(key: string, kept: MemoryValue): MemoryEntry {
    let bytes = ENTRY_OVERHEAD_BYTES + sizeOf(key);
    for (const tag of kept.tags) bytes += sizeOf(tag);
    const value = withOwnBytes(kept.value);
    bytes += sizeOf(value, this.#entryBytesMax);
    const entry = new MemoryEntry(key, kept, value, bytes);
    if (entry.bytes > this.#entryBytesMax) this.#entries.delete(key);
    else this.#entries.set(entry);
    return entry;
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
    this.#deafFrom = time === undefined ? Infinity : time + DEAF_TTL_MS;
  }

  get bytes(): number {
    return this.#entries.bytes;
  }

  get entries(): number {
    return this.#entries.size;
  }

  #isFresh(entry: MemoryEntry, now: number): boolean {
    if (now >= entry.expiresAt) return false;
    if (now >= this.#deafFrom && now >= entry.storedAt + DEAF_TTL_MS) return false;
    const { position } = this.#marks;
    if (entry.position === position) return true;
    if (!this.#marks.isCurrent(entry.position, entry.tags)) return false;
    entry.position = position;
    return true;
  }
}
