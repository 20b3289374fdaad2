import type { Marks } from './invalidation/marks.ts';

/** What came of one key: a loader of many may know nothing of it. */
export type Outcome = { readonly found: true; readonly value: unknown } | { readonly found: false };

const NOT_FOUND: Outcome = { found: false };

type FlightPlan = Pick<Flight, 'key' | 'startedAt' | 'position' | 'tags' | 'leaseBelowMs'>;

/** One key on its way from Redis, another process or the loader. */
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
  /** The sequence number in Redis from before the load; undefined: Redis did not say. */
  sequence: number | undefined;
  /** Under this name it holds the lease on its load. */
  leasedBy: string | undefined;
  /** A value to answer with when the load takes too long or fails; undefined when that may not be served any more. */
  fallback: (() => { readonly value: unknown } | undefined) | undefined;
  #isAnswered = false;
  readonly #answered = Promise.withResolvers<Outcome>();
  readonly #ended = Promise.withResolvers<undefined>();

  constructor({ key, startedAt, position, tags, leaseBelowMs }: FlightPlan) {
    this.key = key;
    this.startedAt = startedAt;
    this.position = position;
    this.tags = tags;
    this.leaseBelowMs = leaseBelowMs;
    // Nobody may be waiting for a background refresh; its error is told by an event.
    this.#answered.promise.catch(() => undefined);
  }

  /** What callers get: perhaps a stale value while the load goes on. */
  get outcome(): Promise<Outcome> {
    return this.#answered.promise;
  }

  /** Resolves when nothing more will come of it, but for a late value. */
  get ended(): Promise<undefined> {
    return this.#ended.promise;
  }

  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  resolve(value: unknown): void {
    this.#answer({ found: true, value });
  }

  resolveNotFound(): void {
    this.#answer(NOT_FOUND);
  }

  reject(error: unknown): void {
    this.#isAnswered = true;
    this.#answered.reject(error);
  }

  /** Answers with the fallback, if there is one and nothing was answered yet. */
  answerStale(): boolean {
    const stale = this.#isAnswered ? undefined : this.fallback?.();
    if (stale) this.#answer({ found: true, value: stale.value });
    return stale !== undefined;
  }

  end(): void {
    this.#ended.resolve(undefined);
  }

  #answer(outcome: Outcome): void {
    this.#isAnswered = true;
    this.#answered.resolve(outcome);
  }
}

/** All that is under way. Per key at most one may be joined: callers who come after an invalidation start anew. */
export class Flights {
  readonly #marks: Marks;
  readonly #clock: () => number;
  /** Oldest first. */
  readonly #byKey = new Map<string, Flight[]>();

  constructor(marks: Marks, clock: () => number) {
    this.#marks = marks;
    this.#clock = clock;
  }

  join(key: string): Flight | undefined {
    const flight = this.#byKey.get(key)?.at(-1);
    if (!flight || flight.isVoid || flight.isOverdue) return undefined;
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
    const others = this.#byKey.get(key);
    if (others) others.push(flight);
    else this.#byKey.set(key, [flight]);
    return flight;
  }

  /** Its callers are let go, but an invalidation still reaches it: something may come later. */
  leaveOverdue(flight: Flight): void {
    flight.isOverdue = true;
    flight.end();
  }

  end(flight: Flight): void {
    flight.end();
    const left = this.#byKey.get(flight.key)?.filter((other) => other !== flight);
    if (left && left.length > 0) this.#byKey.set(flight.key, left);
    else this.#byKey.delete(flight.key);
  }

  /** The key was invalidated: all its flights, not only the youngest, carry what is stale now. */
  void(key: string): void {
    for (const flight of this.#byKey.get(key) ?? []) flight.isVoid = true;
  }

  /** Resolves when all that is under way now has ended, well or not; late values are not waited for. */
  async drained(): Promise<void> {
    await Promise.all([...this.#byKey.values()].flat().map((flight) => flight.ended));
  }
}
