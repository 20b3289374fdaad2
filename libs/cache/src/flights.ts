import { DEAF_TTL_MS } from './deafness.ts';
import type { Marks } from './invalidation/marks.ts';

/** What came of one key: a loader of many may know nothing of it. */
export type Outcome = { readonly found: true; readonly value: unknown } | { readonly found: false };

/** Hears that a flight was answered, well or not. */
export type AnswerListener = (failure: { readonly error: unknown } | undefined) => void;

const NOT_FOUND: Outcome = { found: false };

type FlightPlan = Pick<Flight, 'key' | 'startedAt' | 'position' | 'tags' | 'leaseBelowMs'>;

/** One key on its way from Redis, another process or the loader. Promises are made only for those who ask. */
export class Flight {
  readonly key: string;
  /** When it began: its value may miss what was written since. */
  readonly startedAt: number;
  /** The marks' position from before anything was read. */
  readonly position: number;
  /** Undefined: they depend on the value. */
  readonly tags: readonly string[] | undefined;
  /** Load when so much of the fresh time in Redis is left: more than 0 for an early refresh. */
  readonly leaseBelowMs: number;
  /** The key was invalidated: the value still goes to those who wait, but is not kept, and nobody else joins. */
  isVoid = false;
  /** Its load timed out: what still comes may be kept, but nobody waits. */
  isOverdue = false;
  /** From here on its answer is too stale to be joined, though its load may go on. */
  answerUntil = Infinity;
  /** The sequence number in Redis from before the load; undefined: Redis did not say. */
  sequence: number | undefined = undefined;
  /** Under this name it holds the lease on its load. */
  leasedBy: string | undefined = undefined;
  /** The one before it for the same key, if that is still under way. */
  older: Flight | undefined = undefined;
  /** Called once. */
  onAnswered: AnswerListener | undefined = undefined;
  #answer: Outcome | undefined = undefined;
  #failure: { readonly error: unknown } | undefined = undefined;
  #asked: PromiseWithResolvers<Outcome> | undefined = undefined;
  #isEnded = false;
  #drained: PromiseWithResolvers<undefined> | undefined = undefined;

  constructor({ key, startedAt, position, tags, leaseBelowMs }: FlightPlan) {
    this.key = key;
    this.startedAt = startedAt;
    this.position = position;
    this.tags = tags;
    this.leaseBelowMs = leaseBelowMs;
  }

  /** What callers get: perhaps a stale value while the load goes on. */
  get outcome(): Promise<Outcome> {
    if (!this.#asked) {
      this.#asked = Promise.withResolvers();
      this.#tell(this.#asked);
    }
    return this.#asked.promise;
  }

  /** The same without waiting; undefined when there is none yet, or an error. */
  get answer(): Outcome | undefined {
    return this.#answer;
  }

  /** Resolves when nothing more will come of it, but for a late value. */
  get ended(): Promise<undefined> {
    this.#drained ??= Promise.withResolvers();
    if (this.#isEnded) this.#drained.resolve(undefined);
    return this.#drained.promise;
  }

  get isAnswered(): boolean {
    return this.#answer !== undefined || this.#failure !== undefined;
  }

  resolve(value: unknown, until = Infinity): void {
    if (!this.isAnswered) this.answerUntil = until;
    this.#settle({ found: true, value }, undefined);
  }

  resolveNotFound(): void {
    this.#settle(NOT_FOUND, undefined);
  }

  reject(error: unknown): void {
    this.#settle(undefined, { error });
  }

  end(): void {
    this.#isEnded = true;
    this.#drained?.resolve(undefined);
  }

  #settle(answer: Outcome | undefined, failure: { readonly error: unknown } | undefined): void {
    if (this.isAnswered) return;
    this.#answer = answer;
    this.#failure = failure;
    if (this.#asked) this.#tell(this.#asked);
    this.onAnswered?.(failure);
  }

  #tell({ resolve, reject }: PromiseWithResolvers<Outcome>): void {
    if (this.#answer) resolve(this.#answer);
    else if (this.#failure) reject(this.#failure.error);
  }
}

/** All that is under way. Per key at most one may be joined: callers who come after an invalidation start anew. */
export class Flights {
  readonly #marks: Marks;
  readonly #clock: () => number;
  /** The youngest of each key. */
  readonly #byKey = new Map<string, Flight>();
  /** From here on, flights that began long ago may miss what could not be heard. */
  #deafFrom = Infinity;

  constructor(marks: Marks, clock: () => number) {
    this.#marks = marks;
    this.#clock = clock;
  }

  join(key: string): Flight | undefined {
    const flight = this.#byKey.get(key);
    if (!flight || flight.isVoid || flight.isOverdue || this.#isTooOld(flight)) return undefined;
    return this.#marks.isCurrent(flight.position, flight.tags) ? flight : undefined;
  }

  begin(key: string, tags: readonly string[] | undefined, leaseBelowMs = 0): Flight {
    const flight = new Flight({
      key,
      startedAt: this.#clock(),
      position: this.#marks.position,
      tags,
      leaseBelowMs,
    });
    flight.older = this.#byKey.get(key);
    this.#byKey.set(key, flight);
    return flight;
  }

  /** Its callers are let go, but an invalidation still reaches it: something may come later. */
  leaveOverdue(flight: Flight): void {
    flight.isOverdue = true;
    flight.end();
  }

  end(flight: Flight): void {
    flight.end();
    const { key, older } = flight;
    const youngest = this.#byKey.get(key);
    if (youngest !== flight) {
      for (let other = youngest; other; other = other.older) if (other.older === flight) other.older = older;
    } else if (older) this.#byKey.set(key, older);
    else this.#byKey.delete(key);
  }

  /** The key was invalidated: all its flights, not only the youngest, carry what is stale now. */
  void(key: string): void {
    for (let flight = this.#byKey.get(key); flight; flight = flight.older) flight.isVoid = true;
  }

  /** While deaf, nobody joins a flight that began more than 5 s ago. */
  setDeafSince(time: number): void {
    this.#deafFrom = time + DEAF_TTL_MS;
  }

  /** Resolves when all that is under way now has ended, well or not; late values are not waited for. */
  async drained(): Promise<void> {
    const endings: Promise<undefined>[] = [];
    for (const youngest of this.#byKey.values()) {
      for (let flight: Flight | undefined = youngest; flight; flight = flight.older)
        endings.push(flight.ended);
    }
    await Promise.all(endings);
  }

  #isTooOld({ startedAt, answerUntil }: Flight): boolean {
    const now = this.#clock();
    if (now >= answerUntil) return true;
    return now >= this.#deafFrom && now >= startedAt + DEAF_TTL_MS;
  }
}
