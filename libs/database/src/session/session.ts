import { AsyncLocalStorage } from 'node:async_hooks';

import { formatWalPosition, parseWalPosition, type WalPosition } from '../wal-position.ts';

const storage = new AsyncLocalStorage<Session>();

/** Remembers how far its work has written, so that its reads go only to hosts that show at least that. */
export class Session {
  #position: WalPosition | undefined;
  #writesUnderWay = 0;
  #isUncertain = false;
  #wrote = false;

  constructor(position?: string) {
    if (position !== undefined) this.advance(position);
  }

  /** The primary's position after the last commit; carry it to the same user's next request. */
  get position(): string | undefined {
    return this.#position === undefined ? undefined : formatWalPosition(this.#position);
  }

  /** Whether a statement that may write has run in this session. */
  get wrote(): boolean {
    return this.#wrote;
  }

  /** Reads see at least this position from now on; an older one changes nothing. Throws when it is none. */
  advance(position: string): void {
    const parsed = parseWalPosition(position);
    if (this.#position === undefined || parsed > this.#position) this.#position = parsed;
  }

  /** Whether a host that shows everything up to `position` may answer this session's reads. */
  canReadAt(position: WalPosition | undefined): boolean {
    if (this.#writesUnderWay > 0 || this.#isUncertain) return false;
    return this.#position === undefined || (position !== undefined && position >= this.#position);
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
    this.#isUncertain = position === undefined;
    if (position !== undefined) this.advance(position);
  }
}

/** A session, from the position that the same user reached before, if any. */
export function createSession(position?: string): Session {
  return new Session(position);
}

/** Runs work, and everything it starts, in a session. */
export function runInSession<T>(session: Session, work: () => T): T {
  return storage.run(session, work);
}

/** The session of the code that runs now. */
export function currentSession(): Session | undefined {
  return storage.getStore();
}
