import { totalmem } from 'node:os';
import type { Beat } from './heartbeat.ts';

/** The primary and the kernel's own buffers need the rest. */
const SHARE_OF_WORKERS = 0.85;
const HEAP_SHARE_MAX = 0.9;

/** What one of `workers` processes may have, of the memory that the container or the machine has. */
export function memoryShare(workers: number, constrainedBytes = process.constrainedMemory()): number {
  const machineBytes = totalmem();
  // Without a limit it is 0, or more than any machine has.
  const isLimited = constrainedBytes > 0 && constrainedBytes < machineBytes;
  return ((isLimited ? constrainedBytes : machineBytes) * SHARE_OF_WORKERS) / workers;
}

/** Since when a worker has more memory than it should: more than its share, or a heap that is nearly full. */
export class MemoryWatch {
  readonly #rssMaxBytes: number;
  #aboveSince = Infinity;

  constructor(rssMaxBytes: number) {
    this.#rssMaxBytes = rssMaxBytes;
  }

  add({ rssBytes, heapUsedBytes, heapMaxBytes }: Beat, now: number): void {
    const isAbove = rssBytes > this.#rssMaxBytes || heapUsedBytes > heapMaxBytes * HEAP_SHARE_MAX;
    this.#aboveSince = isAbove ? Math.min(this.#aboveSince, now) : Infinity;
  }

  isAboveSince(moment: number): boolean {
    return this.#aboveSince <= moment;
  }
}
