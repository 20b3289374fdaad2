import type { WalPosition } from '../wal-position.ts';

/** What a session needs to know of a host. */
export type ReadableHost = {
  /** What it showed at its last probe. */
  readonly position: WalPosition | undefined;
  /** The most that it can have shown to anybody before a moment of our clock. */
  readonly shown: Shown | undefined;
  /** Another number after each time it was away: only then can it show less than before. */
  readonly incarnation: number;
};

/** Whatever was read before `beforeMs` ended at `position` or sooner. */
export type Shown = { readonly position: WalPosition; readonly beforeMs: number };

type Read = { readonly incarnation: number; underWay: number; endedAtMs: number };

/**
 * How far the reads of a session have seen at most. No read tells that itself; a probe that was sent after it does. Until
 * then only the same host is certain to show no less, and the primary.
 */
export class ReadBounds {
  readonly #reads = new Map<ReadableHost, Read>();

  get hosts(): readonly ReadableHost[] {
    return [...this.#reads.keys()];
  }

  /** Whether every read of which not more is known was on this host, as it is now. */
  areAllOn(host: ReadableHost): boolean {
    for (const [other, { incarnation }] of this.#reads) {
      if (other !== host || incarnation !== host.incarnation) return false;
    }
    return true;
  }

  begin(host: ReadableHost): () => void {
    const known = this.#reads.get(host);
    // Of one from before the host was away, only the primary knows a bound: it stays in force.
    const read = known ?? { incarnation: host.incarnation, underWay: 0, endedAtMs: 0 };
    this.#reads.set(host, read);
    read.underWay += 1;
    return () => {
      read.underWay -= 1;
      read.endedAtMs = performance.now();
    };
  }

  /** Forgets the reads whose bound is known now, by their hosts or also by the primary, and returns the highest. */
  settle(primary: ReadableHost, mayAskPrimary: boolean): WalPosition | undefined {
    let highest: WalPosition | undefined;
    for (const [host, read] of this.#reads) {
      if (read.underWay > 0) continue;
      const own = read.incarnation === host.incarnation ? boundOf(host, read.endedAtMs) : undefined;
      // Nobody ever shows more than the primary has written. Of a host that was away only the primary knows a bound.
      const isPrimaryAsked = mayAskPrimary || read.incarnation !== host.incarnation;
      const bound = own ?? (isPrimaryAsked ? boundOf(primary, read.endedAtMs) : undefined);
      if (bound === undefined) continue;
      this.#reads.delete(host);
      if (highest === undefined || bound > highest) highest = bound;
    }
    return highest;
  }
}

function boundOf({ shown }: ReadableHost, endedAtMs: number): WalPosition | undefined {
  return shown && shown.beforeMs >= endedAtMs ? shown.position : undefined;
}
