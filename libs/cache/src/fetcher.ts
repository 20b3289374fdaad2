import type { LoadMany } from './cache.ts';
import { Endings } from './endings.ts';
import type { EndingsOptions } from './endings.ts';
import type { Flight } from './flights.ts';
import { Keeper } from './keeper.ts';
import { Loader } from './loader.ts';
import type { Loaded } from './loader.ts';
import type { EntryOptions } from './options.ts';
import { knownTags } from './tags.ts';
import type { Lease, RemoteEntry } from './tiers/read-reply.ts';
import type { Watch } from './waiting/arrivals.ts';

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
  readonly #options: EndingsOptions;
  readonly #keeper: Keeper;
  readonly #loader: Loader;
  readonly #endings: Endings;

  constructor(options: EndingsOptions) {
    this.#options = options;
    this.#keeper = new Keeper(options);
    this.#loader = new Loader(options);
    this.#endings = new Endings(options, this.#keeper);
  }

  /** Ends every flight. Never rejects: errors go to those who wait for the flights. */
  async settle<V>(
    flights: readonly Flight[],
    loadMany: LoadMany<V>,
    options: EntryOptions<V>,
  ): Promise<void> {
    const waitUntil = performance.now() + this.#options.settings.leaseWaitMs;
    const { softTimeoutMs = 0 } = options;
    const answerStale = () => flights.forEach((flight) => this.#endings.answerStale(flight));
    const timer = softTimeoutMs > 0 ? setTimeout(answerStale, softTimeoutMs) : undefined;
    try {
      await this.#round(flights, { loadMany, options, waitUntil, isLast: false });
    } catch (error) {
      this.#endings.abandon(flights, error);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks Redis for values and leases, then loads what is ours to load and waits for the rest. */
  async #round<V>(flights: readonly Flight[], errand: Errand<V>): Promise<void> {
    const { settings, failures } = this.#options;
    const remote = this.#options.remote();
    const now = settings.clock();
    const watch = errand.isLast ? undefined : remote?.watch();
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
      for (const flight of next.done) this.#endings.end(flight);
      if (remote) watch?.only(next.wait.map(({ key }) => remote.nameOf(key)));
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
        flight.resolve(landed.value, now + entry.freshMs + entry.staleMs);
      }
    }
    if (lease?.state === 'mine') return 'load';
    if (lease?.state === 'theirs') return 'wait';
    if (landed && entry.freshMs > 0) return 'done';
    const failure = failures.current(flight.key, now);
    if (!failure) return 'load';
    const isAnswered = flight.isAnswered || this.#endings.answerStale(flight);
    // It failed in another process, whose error we do not have.
    if (!isAnswered && failure.error === undefined) return 'load';
    counters.backoffs++;
    if (!isAnswered) flight.reject(failure.error);
    return 'done';
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
      if (!flight.isAnswered && !this.#endings.answerStale(flight)) return true;
      this.#endings.end(flight);
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
    const onLate = (loaded: Loaded<V> | undefined) =>
      this.#endings.deliverLate(flights, loaded, errand.options);
    let loaded: Loaded<V>;
    try {
      loaded = await this.#loader.load(keys, errand.loadMany, onLate);
    } catch (error) {
      this.#endings.fail(flights, error);
      return;
    }
    this.#endings.deliver(flights, loaded, errand.options);
  }
}
