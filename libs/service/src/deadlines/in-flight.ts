import type { RequestDeadline } from './request-deadline.ts';

/** How often those in flight are looked at. */
export const LOOK_MS = 20;

/** Looks at one of those in flight, and tells whether it still is. */
export type Look = (deadline: RequestDeadline) => 'stays' | 'leaves';

/**
 * All requests in flight, looked at by one timer. Timers and listeners for each of them would cost more than an answer
 * from the cache, and would have to be taken back again.
 */
export class InFlight {
  readonly #look: Look;
  readonly #timer: NodeJS.Timeout;
  #first: RequestDeadline | undefined;
  #isTicking = false;

  /** `look` is called for each, again and again, until it leaves. */
  constructor(look: Look) {
    this.#look = look;
    // Made once, and here: one made in a request would keep that request's asynchronous context.
    this.#timer = setTimeout(() => this.#lookAtAll(), LOOK_MS).unref();
  }

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  enter(deadline: RequestDeadline): void {
    const next = this.#first;
    deadline.after = next;
    if (next !== undefined) next.before = deadline;
    this.#first = deadline;
    if (this.#isTicking) return;
    this.#isTicking = true;
    this.#timer.refresh();
  }

  /** For good; once more changes nothing. */
  leave(deadline: RequestDeadline): void {
    const { before, after } = deadline;
    if (before !== undefined) before.after = after;
    else if (this.#first === deadline) this.#first = after;
    if (after !== undefined) after.before = before;
    deadline.before = undefined;
    deadline.after = undefined;
    deadline.forget();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #lookAtAll(): void {
    this.#isTicking = false;
    let each = this.#first;
    while (each !== undefined) {
      const next: RequestDeadline | undefined = each.after;
      if (this.#look(each) === 'leaves') this.leave(each);
      each = next;
    }
    if (this.#first === undefined) return;
    this.#isTicking = true;
    this.#timer.refresh();
  }
}
