import { Fifo } from './fifo.ts';
import type { Queued } from './fifo.ts';
import { Ghosts } from './ghosts.ts';

export interface S3FifoOptions<Entry> {
  readonly bytesMax: number;
  readonly entriesMax: number;
  readonly onEvict: (entry: Entry) => void;
}

/** How much of the cache what was seen only once may take. */
const SMALL_SHARE = 0.1;

const USES_MAX = 3;

/** How many used entries are passed over for one new one; then they leave like others, so that nobody waits for long. */
const PASSES_MAX = 100;

/**
 * A map bounded by bytes and number that keeps what is asked for again (Yang et al., "FIFO queues are all you need for
 * cache eviction", SOSP '23). New entries wait in a small queue, so that a scan passes through; those used there,
 * and those whose key left not long ago, go on to the main queue. A hit costs a look-up and a small increment.
 */
export class S3Fifo<Entry extends Queued> {
  readonly #options: S3FifoOptions<Entry>;
  readonly #entries = new Map<string, Entry>();
  #small = new Fifo<Entry>();
  #main = new Fifo<Entry>();
  readonly #ghosts = new Ghosts();

  constructor(options: S3FifoOptions<Entry>) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#small.bytes + this.#main.bytes;
  }

  get(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.uses < USES_MAX) entry.uses++;
    return entry;
  }

  /** The same without counting as a use. */
  peek(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** Takes the place of what the key had; room is made first, so that the new entry itself stays. */
  set(entry: Entry): void {
    this.delete(entry.key);
    const { bytesMax, entriesMax } = this.#options;
    let steps = 0;
    while (this.#entries.size > 0 && (this.bytes + entry.bytes > bytesMax || this.size >= entriesMax)) {
      this.#step(++steps <= PASSES_MAX);
    }
    const queue = this.#ghosts.take(entry.key) ? this.#main : this.#small;
    queue.push(entry);
    this.#entries.set(entry.key, entry);
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    // What has proved itself comes back to where it was.
    if (entry.queue === this.#main) this.#ghosts.add(key, this.size);
    entry.queue?.remove(entry);
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#small = new Fifo();
    this.#main = new Fifo();
    this.#ghosts.clear();
  }

  /** Passes over a used entry, if it may, or evicts one. */
  #step(mayPass: boolean): void {
    const isSmallFull = this.#small.bytes >= this.bytes * SMALL_SHARE;
    const entry = (isSmallFull ? this.#small.oldest : this.#main.oldest) ?? this.#small.oldest;
    if (entry?.queue === undefined) return;
    const isSmall = entry.queue === this.#small;
    entry.queue.remove(entry);
    if (mayPass && entry.uses > 0) {
      entry.uses = isSmall ? 0 : entry.uses - 1;
      this.#main.push(entry);
      return;
    }
    if (isSmall) this.#ghosts.add(entry.key, this.size);
    this.#entries.delete(entry.key);
    this.#options.onEvict(entry);
  }
}
