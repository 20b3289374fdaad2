import { isTimedOut } from '@ganitagya/resilience';
import type { Failures } from './failures.ts';
import type { Flight, Flights } from './flights.ts';
import type { Keeper, KeeperOptions } from './keeper.ts';
import type { Loaded } from './loader.ts';
import type { EntryOptions } from './options.ts';

export interface EndingsOptions extends KeeperOptions {
  readonly flights: Flights;
  readonly failures: Failures;
}

/** How flights end, whatever became of their load. Every way gives the lease back. */
export class Endings {
  readonly #options: EndingsOptions;
  readonly #keeper: Keeper;

  constructor(options: EndingsOptions, keeper: Keeper) {
    this.#options = options;
    this.#keeper = keeper;
  }

  /** Keeps what was loaded and hands it to those who wait. */
  deliver<V>(flights: readonly Flight[], { values, loadMs }: Loaded<V>, options: EntryOptions<V>): void {
    const ended = { shared: [], unshared: [], stale: [] } as Record<string, Flight[]>;
    for (const flight of flights) {
      this.#options.failures.forget(flight.key);
      if (values.has(flight.key)) {
        const value = values.get(flight.key) as V;
        try {
          ended[this.#keeper.keep(flight, value, options, loadMs)]?.push(flight);
          flight.resolve(value);
        } catch (error) {
          // Its options make no sense.
          this.abandon([flight], error);
        }
      } else {
        ended['unshared']?.push(flight);
        flight.resolveNotFound();
      }
      this.end(flight);
    }
    const remote = this.#options.remote();
    remote?.releaseInBackground(ended['unshared'] ?? [], 'unshared');
    remote?.releaseInBackground(ended['stale'] ?? [], 'look');
  }

  /** Callers are gone; only what still holds is kept. */
  deliverLate<V>(flights: readonly Flight[], loaded: Loaded<V> | undefined, options: EntryOptions<V>): void {
    if (loaded) this.deliver(flights, loaded, options);
    for (const flight of flights) {
      flight.isVoid = true;
      this.end(flight);
    }
  }

  /** The load failed: callers get a stale value if there is one, else the error; others may try, we pause. */
  fail(flights: readonly Flight[], error: unknown): void {
    const { counters, failures, settings } = this.#options;
    const now = settings.clock();
    const pauses = flights.map((flight) =>
      this.#isCurrent(flight) ? failures.note(flight.key, error, now) : 0,
    );
    this.#options.remote()?.releaseInBackground(flights, 'look', Math.max(...pauses));
    for (const flight of flights) {
      if (flight.isAnswered || this.answerStale(flight)) counters.staleOnError++;
      else flight.reject(error);
      if (isTimedOut(error)) this.#options.flights.leaveOverdue(flight);
      else this.end(flight);
    }
  }

  /** Callers get the error, and nothing is remembered of it. */
  abandon(flights: readonly Flight[], error: unknown): void {
    this.#options.remote()?.releaseInBackground(flights, 'look');
    for (const flight of flights) {
      flight.reject(error);
      this.end(flight);
    }
  }

  /** Answers with what memory may still serve. */
  answerStale(flight: Flight): boolean {
    if (flight.isAnswered) return false;
    const { counters, local, settings } = this.#options;
    const now = settings.clock();
    const held = local.get(flight.key, now);
    if (!held) return false;
    if (now >= held.freshUntil) counters.staleHits++;
    flight.resolve(held.value, held.expiresAt);
    return true;
  }

  /** Has nothing that concerns it been invalidated since it began? */
  #isCurrent({ isVoid, position, tags }: Flight): boolean {
    return !isVoid && this.#options.marks.isCurrent(position, tags);
  }

  end(flight: Flight): void {
    this.#options.flights.end(flight);
  }
}
