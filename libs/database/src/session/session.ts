import { AsyncLocalStorage } from 'node:async_hooks';

import { formatWalPosition, parseWalPosition, type WalPosition } from '../wal-position.ts';
import { ReadBounds, type ReadableHost } from './read-bounds.ts';
import type { WorkLimit } from './work-limit.ts';

/** What holds for the code that runs now. */
type Scope = { readonly session: Session | undefined; readonly limit: WorkLimit | undefined };

const storage = new AsyncLocalStorage<Scope>();

/**
 * Remembers how far its work has written and read, so that its reads go only to hosts that show at least that: it sees
 * its own writes, and never goes back in time.
 */
export class Session {
  readonly #reads = new ReadBounds();
  #position: WalPosition | undefined;
  #writesUnderWay = 0;
  /** When a write ended whose position could not be learnt. */
  #uncertainSinceMs: number | undefined;
  #wrote = false;

  constructor(position?: string) {
    if (position !== undefined) this.advance(position);
  }

  /** What the next request or job of the same user must see; `Database.settle` brings it up to date with the reads. */
  get position(): string | undefined {
    return this.#position === undefined ? undefined : formatWalPosition(this.#position);
  }

  /** Whether a statement that may write has run in this session. */
  get wrote(): boolean {
    return this.#wrote;
  }

  /** Reads see at least this position from now on; an older one changes nothing. Throws when it is none. */
  advance(position: string): void {
    this.#raise(parseWalPosition(position));
  }

  /** Whether a host that shows everything up to `position` shows what this session must see, as far as that is known. */
  canReadAt(position: WalPosition | undefined): boolean {
    if (this.#writesUnderWay > 0 || this.#uncertainSinceMs !== undefined) return false;
    return this.#position === undefined || (position !== undefined && position >= this.#position);
  }

  /** Whether a replica may answer a read: it shows what was written, and no less than what was read elsewhere. */
  canReadFrom(host: ReadableHost, primary: ReadableHost): boolean {
    this.settle(primary);
    return this.#reads.areAllOn(host) && this.canReadAt(host.position);
  }

  /** Notes a read on a host; call the result when it has ended. */
  beginRead(host: ReadableHost): () => void {
    return this.#reads.begin(host);
  }

  /** Whether `position` covers everything that was read and written. */
  get isSettled(): boolean {
    return this.#uncertainSinceMs === undefined && this.unsettledHosts.length === 0;
  }

  /** The hosts of which it is not known yet how much this session has seen there. */
  get unsettledHosts(): readonly ReadableHost[] {
    return this.#reads.hosts;
  }

  /** Takes over what the last probes tell of the reads before them. */
  settle(primary: ReadableHost, mayAskPrimary = false): void {
    const bound = this.#reads.settle(primary, mayAskPrimary);
    if (bound !== undefined) this.#raise(bound);
    const { shown } = primary;
    if (this.#uncertainSinceMs === undefined || !shown || shown.beforeMs < this.#uncertainSinceMs) return;
    // What was acknowledged before the primary was asked is not behind where it stands.
    this.#raise(shown.position);
    this.#uncertainSinceMs = undefined;
  }

  /** Keeps reads on the primary while `write` runs, because its position is not known before its end. */
  async track<T>(write: () => Promise<T>): Promise<T> {
    this.#writesUnderWay += 1;
    try {
      return await write();
    } finally {
      this.#writesUnderWay -= 1;
    }
  }

  /** Notes where the primary stood after a write; undefined when that could not be learnt. */
  wroteUpTo(position: string | undefined): void {
    this.#wrote = true;
    this.#uncertainSinceMs = position === undefined ? performance.now() : undefined;
    if (position !== undefined) this.advance(position);
  }

  #raise(position: WalPosition): void {
    if (this.#position === undefined || position > this.#position) this.#position = position;
  }
}

/** A session, from the position that the same user reached before, if any. */
export function createSession(position?: string): Session {
  return new Session(position);
}

/** Runs work, and everything it starts, in a session, and within a limit (by default the one that holds already). */
export function runInSession<T>(session: Session, work: () => T, limit = currentLimit()): T {
  return storage.run({ session, limit }, work);
}

/** Runs work, and everything it starts, within a limit of its own, or without any: what others wait for as well. */
export function runWithin<T>(limit: WorkLimit | undefined, work: () => T): T {
  return storage.run({ session: currentSession(), limit }, work);
}

/** The session of the code that runs now. */
export function currentSession(): Session | undefined {
  return storage.getStore()?.session;
}

/** What limits the code that runs now. */
export function currentLimit(): WorkLimit | undefined {
  return storage.getStore()?.limit;
}
