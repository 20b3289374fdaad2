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

/** All that is under way. Per key at most one may be joined: callers who come after an invalidation start anew. */
export class Flights {
  readonly #marks: Marks;
  /** Oldest first. */
  readonly #byKey = new Map<string, Flight[]>();

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  join(key: string): Flight | undefined {
    const flight = this.#byKey.get(key)?.at(-1);
    if (!flight || flight.isVoid) return undefined;
    return this.#marks.isCurrent(flight.position, flight.tags) ? flight : undefined;
  }

  begin(key: string, tags: readonly string[] | undefined): Flight {
    const flight = new Flight(key, this.#marks.position, tags);
    const others = this.#byKey.get(key);
    if (others) others.push(flight);
    else this.#byKey.set(key, [flight]);
    return flight;
  }

  end(flight: Flight): void {
    const left = this.#byKey.get(flight.key)?.filter((other) => other !== flight);
    if (left && left.length > 0) this.#byKey.set(flight.key, left);
    else this.#byKey.delete(flight.key);
  }

  /** The key was invalidated: all its flights, not only the youngest, carry what is stale now. */
  void(key: string): void {
    for (const flight of this.#byKey.get(key) ?? []) flight.isVoid = true;
  }

  /** Resolves when all that is under way now has ended, well or not. */
  async drained(): Promise<void> {
    await Promise.allSettled([...this.#byKey.values()].flat().map((flight) => flight.outcome));
  }
}
