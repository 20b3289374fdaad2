import { isTimedOut } from '@ganitagya/resilience';
import type { LoadMany } from './cache.ts';
import type { Failures } from './failures.ts';
import type { Flight, Flights } from './flights.ts';
import { Keeper } from './keeper.ts';
import type { KeeperOptions } from './keeper.ts';
import { Loader } from './loader.ts';
import type { Loaded } from './loader.ts';
import type { EntryOptions } from './options.ts';
import { knownTags } from './tags.ts';
import type { Lease, RemoteEntry } from './tiers/read-reply.ts';
import type { Watch } from './waiting/arrivals.ts';

export interface FetcherOptions extends KeeperOptions {
  readonly flights: Flights;
  readonly failures: Failures;
}

/** One call for some keys. */
interface Errand<V> {
  readonly loadMany: LoadMany<V>;
  readonly options: EntryOptions<V>;
  /** Until when other processes may deliver, by performance.now(). */
  readonly waitUntil: number;
  /** Nothing is waited for any more. */
  readonly isLast: boolean;
}

type Step = 'done' | 'load' | 'wait';

/** The way of keys that memory does not have, or not fresh: Redis, another process's load, or a load of our own. */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #keeper: Keeper;
  readonly #loader: Loader;

  constructor(options: FetcherOptions) {
    this.#options = options;
    this.#keeper = new Keeper(options);
    this.#loader = new Loader(options);
  }

  /** Ends every flight. Never rejects: errors go to those who wait for the flights. */
  async settle<V>(
    flights: readonly Flight[],
    loadMany: LoadMany<V>,
    options: EntryOptions<V>,
  ): Promise<void> {
    const waitUntil = performance.now() + this.#options.settings.leaseWaitMs;
    const { softTimeoutMs = 0 } = options;
    const answerStale = () => flights.forEach((flight) => this.#answerStale(flight));
    const timer = softTimeoutMs > 0 ? setTimeout(answerStale, softTimeoutMs) : undefined;
    try {
      await this.#round(flights, { loadMany, options, waitUntil, isLast: false });
    } catch (error) {
      this.#abandon(flights, error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks Redis for values and leases, then loads what is ours to load and waits for the rest. */
  async #round<V>(flights: readonly Flight[], errand: Errand<V>): Promise<void> {
    const { settings, failures } = this.#options;
    const remote = this.#options.remote();
    const now = settings.clock();
    const watch = errand.isLast ? undefined : remote?.watch(flights.map(({ key }) => key));
    try {
      const wanted = flights.map(({ key, leaseBelowMs }) => ({
        key,
        leaseBelowMs: failures.current(key, now) ? -1 : leaseBelowMs,
      }));
      const owner = remote?.createOwner() ?? '';
      const read = await remote?.read(wanted, owner, knownTags(errand.options));
      const next: Record<Step, Flight[]> = { done: [], load: [], wait: [] };
      flights.forEach((flight, index) => {
        const lease = read?.leases[index];
        flight.sequence = read?.sequence;
        flight.leasedBy = lease?.state === 'mine' ? owner : undefined;
        next[this.#consider(flight, read?.entries[index], lease, errand)].push(flight);
      });
      if (watch) await Promise.all([this.#load(next.load, errand), this.#wait(next.wait, watch, errand)]);
      else await this.#load([...next.load, ...next.wait], errand);
    } finally {
      watch?.close();
    }
  }

  /** What Redis said of one key. */
  #consider<V>(
    flight: Flight,
    entry: RemoteEntry | undefined,
    lease: Lease | undefined,
    { options }: Errand<V>,
  ): Step {
    const { counters, failures, settings } = this.#options;
    const now = settings.clock();
    if (lease?.state === 'failing') failures.hear(flight.key, lease.retryMs, now);
    const landed = entry && this.#keeper.land(flight, entry);
    if (landed) {
      if (entry.freshMs > 0) {
        counters.remoteHits++;
        flight.resolve(landed.value);
      } else if (landed.isKept && (options.softTimeoutMs ?? 0) === 0 && !flight.isAnswered) {
        counters.staleHits++;
        flight.resolve(landed.value);
      }
    }
    if (lease?.state === 'mine') return 'load';
    if (lease?.state === 'theirs') return 'wait';
    if (landed && entry.freshMs > 0) return this.#end(flight);
    const failure = failures.current(flight.key, now);
    if (!failure) return 'load';
    const isAnswered = flight.isAnswered || this.#answerStale(flight);
    // It failed in another process, whose error we do not have.
    if (!isAnswered && failure.error === undefined) return 'load';
    counters.backoffs++;
    if (!isAnswered) flight.reject(failure.error);
    return this.#end(flight);
  }

  /** Waits for other processes to deliver, and looks into Redis once for what they did. */
  async #wait<V>(waiting: readonly Flight[], watch: Watch, errand: Errand<V>): Promise<void> {
    const remote = this.#options.remote();
    if (!remote || waiting.length === 0) return;
    this.#options.counters.leaseWaits += waiting.length;
    const byName = new Map(waiting.map((flight) => [remote.nameOf(flight.key), flight]));
    const rounds: Promise<void>[] = [];
    while (byName.size > 0) {
      const arrived = await watch.next(errand.waitUntil - performance.now());
      if (arrived.size === 0) break;
      const flights = Map.groupBy(
        [...arrived].filter(([name]) => byName.has(name)),
        ([, kind]) => kind,
      );
      const of = (kind: 'look' | 'unshared') =>
        (flights.get(kind) ?? []).flatMap(([name]) => byName.get(name) ?? []);
      const [look, unshared] = [of('look'), of('unshared')];
      for (const name of arrived.keys()) byName.delete(name);
      rounds.push(this.#lookAgain(look, errand), this.#load(unshared, errand));
    }
    rounds.push(this.#goOn([...byName.values()], errand));
    await Promise.all(rounds);
  }

  async #lookAgain<V>(flights: readonly Flight[], errand: Errand<V>): Promise<void> {
    if (flights.length > 0) await this.#round(flights, errand);
  }

  /** Nobody delivered in time: who has a stale value is content with it, the others load. */
  async #goOn<V>(flights: readonly Flight[], errand: Errand<V>): Promise<void> {
    if (flights.length === 0) return;
    const { counters, events } = this.#options;
    counters.leaseTimeouts += flights.length;
    events.emit('leaseTimeout', { keys: flights.map(({ key }) => key) });
    const left = flights.filter((flight) => {
      if (!flight.isAnswered && !this.#answerStale(flight)) return true;
      this.#end(flight);
      return false;
    });
    // A message may have been lost: one last look.
    if (left.length > 0) await this.#round(left, { ...errand, isLast: true });
  }

  async #load<V>(flights: readonly Flight[], errand: Errand<V>): Promise<void> {
    if (flights.length === 0) return;
    const { counters } = this.#options;
    for (const { isAnswered, leaseBelowMs } of flights) {
      if (!isAnswered) counters.misses++;
      if (leaseBelowMs > 0) counters.earlyRefreshes++;
    }
    const keys = flights.map(({ key }) => key);
    const onLate = (loaded: Loaded<V> | undefined) => this.#deliverLate(flights, loaded, errand);
    let loaded: Loaded<V>;
    try {
      loaded = await this.#loader.load(keys, errand.loadMany, onLate);
    } catch (error) {
      this.#fail(flights, error);
      return;
    }
    this.#deliver(flights, loaded, errand);
  }

  #deliver<V>(flights: readonly Flight[], { values, loadMs }: Loaded<V>, { options }: Errand<V>): void {
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
          this.#abandon([flight], error);
        }
      } else {
        ended['unshared']?.push(flight);
        flight.resolveNotFound();
      }
      this.#end(flight);
    }
    const remote = this.#options.remote();
    remote?.releaseInBackground(ended['unshared'] ?? [], 'unshared');
    remote?.releaseInBackground(ended['stale'] ?? [], 'look');
  }

  /** Callers are gone; only what still holds is kept. */
  #deliverLate<V>(flights: readonly Flight[], loaded: Loaded<V> | undefined, errand: Errand<V>): void {
    if (loaded) this.#deliver(flights, loaded, errand);
    for (const flight of flights) {
      flight.isVoid = true;
      this.#end(flight);
    }
  }

  /** The load failed: callers get a stale value if there is one, else the error; others may try, we pause. */
  #fail(flights: readonly Flight[], error: unknown): void {
    const { counters, failures, settings } = this.#options;
    const now = settings.clock();
    const pauses = flights.map(({ key }) => failures.note(key, error, now));
    this.#options.remote()?.releaseInBackground(flights, 'look', Math.max(...pauses));
    for (const flight of flights) {
      if (flight.isAnswered || this.#answerStale(flight)) counters.staleOnError++;
      else flight.reject(error);
      if (isTimedOut(error)) this.#options.flights.leaveOverdue(flight);
      else this.#end(flight);
    }
  }

  #abandon(flights: readonly Flight[], error: unknown): void {
    this.#options.remote()?.releaseInBackground(flights, 'look');
    for (const flight of flights) {
      flight.reject(error);
      this.#end(flight);
    }
  }

  /** Answers with what memory may still serve. */
  #answerStale(flight: Flight): boolean {
    if (flight.isAnswered) return false;
    const { counters, local, settings } = this.#options;
    const now = settings.clock();
    const held = local.get(flight.key, now);
    if (!held) return false;
    if (now >= held.freshUntil) counters.staleHits++;
    flight.resolve(held.value);
    return true;
  }

  #end(flight: Flight): 'done' {
    this.#options.flights.end(flight);
    return 'done';
  }
}
