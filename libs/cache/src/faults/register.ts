import { keys, tagOf } from './messages.ts';
import type { Invalidated, Key, Means, Read } from './messages.ts';

interface Write {
  readonly by: number;
  readonly version: number;
  readonly key: Key;
  told: Invalidated | undefined;
}

/** What reads were worth. */
export interface Report {
  readonly reads: number;
  readonly writes: number;
  /** Reads that gave the process what it had itself invalidated before. */
  readonly ownStale: number;
  /** The longest after another process's invalidate() had resolved that a read still began to give what was before. */
  readonly othersStaleMs: number;
  /** The same of those that Redis had not confirmed. */
  readonly unconfirmedStaleMs: number;
}

/** The truth: one version per key, who wrote it when, and what was read. */
export class Register {
  readonly #versions = new Map<Key, number>(keys.map((key) => [key, 1]));
  readonly #writes: Write[] = [];
  readonly #reads: { readonly by: number; readonly read: Read }[] = [];

  version(key: Key): number {
    return this.#versions.get(key) ?? 0;
  }

  /** New versions of all that the means make stale; call the result with what the process told of it. */
  write(by: number, key: Key, means: Means): (told: Invalidated) => void {
    const written = keys.filter(
      (other) => means === 'clear' || other === key || (means === 'tag' && tagOf(other) === tagOf(key)),
    );
    const writes = written.map((one): Write => {
      const version = this.version(one) + 1;
      this.#versions.set(one, version);
      return { by, key: one, version, told: undefined };
    });
    this.#writes.push(...writes);
    return (told) => {
      for (const write of writes) write.told = told;
    };
  }

  noteReads(by: number, reads: readonly Read[]): void {
    for (const read of reads) this.#reads.push({ by, read });
  }

  /** Judges everything since the last report, and forgets it. */
  report(): Report {
    let ownStale = 0;
    let othersStaleMs = 0;
    let unconfirmedStaleMs = 0;
    for (const { by, read } of this.#reads) {
      const [key, version, at] = read;
      for (const write of this.#writes) {
        if (write.key !== key || write.version <= version || !write.told) continue;
        const { calledAt, resolvedAt, isConfirmed } = write.told;
        if (write.by === by) ownStale += calledAt < at ? 1 : 0;
        else if (isConfirmed) othersStaleMs = Math.max(othersStaleMs, at - resolvedAt);
        else unconfirmedStaleMs = Math.max(unconfirmedStaleMs, at - resolvedAt);
      }
    }
    const [reads, writes] = [this.#reads.length, this.#writes.length];
    const report = { reads, writes, ownStale, othersStaleMs, unconfirmedStaleMs };
    this.#reads.length = 0;
    this.#writes.length = 0;
    return report;
  }
}
