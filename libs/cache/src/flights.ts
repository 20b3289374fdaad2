import type { Marks } from './invalidation/marks.ts';

/** What came of one key: a loader of many may know nothing of it. */
export type Outcome = { readonly found: true; readonly value: unknown } | { readonly found: false };

const NOT_FOUND: Outcome = { found: false };

/** One key on its way from Redis or the loader. */
export class Flight {
  readonly key: string;
  /** The marks' position from before anything was read. */
  readonly position: number;
  /** Undefined: they depend on the value. */
  readonly tags: readonly string[] | undefined;
  /** The key was invalidated: the value still goes to those who wait, but is not kept, and nobody else joins. */
  isVoid = false;
  readonly #settled = Promise.withResolvers<Outcome>();

  constructor(key: string, position: number, tags: readonly string[] | undefined) {
    this.key = key;
    this.position = position;
    this.tags = tags;
  }

  get outcome(): Promise<Outcome> {
    return this.#settled.promise;
  }

  resolve(value: unknown): void {
    this.#settled.resolve({ found: true, value });
  }

  resolveNotFound(): void {
    this.#settled.resolve(NOT_FOUND);
  }

  reject(error: unknown): void {
    this.#settled.reject(error);
  }
}

/** At most one flight per key that may be joined: callers who come after an invalidation start a new one. */
export class Flights {
  readonly #marks: Marks;
  readonly #joinable = new Map<string, Flight>();
  readonly #all = new Set<Flight>();

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  join(key: string): Flight | undefined {
    const flight = this.#joinable.get(key);
    return flight && this.#marks.isCurrent(flight.position, flight.tags) ? flight : undefined;
  }

  begin(key: string, tags: readonly string[] | undefined): Flight {
    const flight = new Flight(key, this.#marks.position, tags);
    this.#joinable.set(key, flight);
    this.#all.add(flight);
    return flight;
  }

  end(flight: Flight): void {
    this.#all.delete(flight);
    if (this.#joinable.get(flight.key) === flight) this.#joinable.delete(flight.key);
  }

  /** The key was invalidated. */
  void(key: string): void {
    const flight = this.#joinable.get(key);
    if (!flight) return;
    flight.isVoid = true;
    this.#joinable.delete(key);
  }

  /** Resolves when all that is under way now has ended, well or not. */
  async drained(): Promise<void> {
    await Promise.allSettled([...this.#all].map((flight) => flight.outcome));
  }
}
