import { randomUUID } from 'node:crypto';
import type { CacheEvents, Invalidation } from './events.ts';
import type { Flight } from './flights.ts';
import { Outbox } from './invalidation/outbox.ts';
import { Subscriber } from './invalidation/subscriber.ts';
import type { GapReason } from './invalidation/subscriber.ts';
import type { CacheSettings } from './options.ts';
import type { RedisClient } from './redis-client.ts';
import type { Counters } from './stats.ts';
import type { RemoteRead } from './tiers/read-reply.ts';
import { RedisTier } from './tiers/redis.ts';
import type { StoredEntry, WantedKey } from './tiers/redis.ts';
import { Arrivals } from './waiting/arrivals.ts';
import type { ArrivalKind, Watch } from './waiting/arrivals.ts';

export interface RemoteStoreOptions {
  readonly redis: RedisClient;
  readonly settings: CacheSettings;
  readonly events: CacheEvents;
  readonly counters: Counters;
  readonly onInvalidation: (invalidation: Invalidation) => void;
  readonly onGap: (reason: GapReason) => void;
  readonly onListening: (isListening: boolean) => void;
  readonly onHeard: (heardAt: number) => void;
}

/** A lease outlives the load that it is for by so much. */
const LEASE_MARGIN_MS = 1_000;

/** What processes share: the Redis tier, the invalidations sent to it and those heard from it, and who loads what. */
export class RemoteStore {
  readonly #origin = randomUUID();
  readonly #tier: RedisTier;
  readonly #outbox: Outbox;
  readonly #subscriber: Subscriber;
  readonly #arrivals = new Arrivals();
  readonly #background = new Set<Promise<unknown>>();
  readonly #redis: RedisClient;
  #owners = 0;
  readonly #flush = () => void this.#outbox.flush();

  constructor({ redis, settings, events, counters, ...listeners }: RemoteStoreOptions) {
    this.#redis = redis;
    this.#tier = new RedisTier({
      redis,
      namespace: settings.namespace,
      ...settings.remote,
      leaseMs: settings.loadTimeoutMs + LEASE_MARGIN_MS,
      events,
      counters,
    });
    this.#outbox = new Outbox((invalidation) => this.#tier.invalidate(invalidation, this.#origin));
    this.#subscriber = new Subscriber({
      redis,
      channel: this.#tier.names.channel,
      arrivals: this.#tier.names.arrivals,
      readSequence: (connection) => this.#tier.readSequence(connection),
      onArrival: (text) => this.#arrivals.onMessage(text),
      onInvalidation: (invalidation, origin) => {
        if (origin !== this.#origin) listeners.onInvalidation(invalidation);
      },
      onGap: listeners.onGap,
      onListening: (isListening) => {
        if (!isListening) this.#arrivals.giveUp();
        listeners.onListening(isListening);
      },
      clock: settings.clock,
      onHeartbeat: (heardAt) => {
        listeners.onHeard(heardAt);
        this.#flush();
      },
      onError: (operation, error) => events.emit('tierError', { tier: 'redis', operation, error }),
    });
    redis.on('ready', this.#flush);
  }

  /** A name for leases, of one caller in one process. */
  createOwner(): string {
    return `${this.#origin}:${++this.#owners}`;
  }

  /** Undefined when Redis cannot be asked, or does not know yet what this process has invalidated. */
  async read(
    wanted: readonly WantedKey[],
    owner: string,
    tags: readonly string[] | undefined,
  ): Promise<RemoteRead | undefined> {
    if (!this.#outbox.isIdle && !(await this.#outbox.flush())) return undefined;
    return this.#tier.read(wanted, owner, tags);
  }

  /** Stores without holding anybody up and ends the lease; `onStale` is called when an invalidation came first. */
  storeInBackground(flight: Flight, entry: StoredEntry, onStale: () => void): void {
    if (flight.sequence === undefined) return;
    const storing = this.#tier.store(flight.key, entry, flight.sequence, flight.leasedBy ?? '');
    flight.leasedBy = undefined;
    this.#inBackground(
      storing.then((isKept) => {
        if (isKept === false) onStale();
      }),
    );
  }

  /** Gives up the leases that these flights hold, and tells those who wait. */
  releaseInBackground(flights: readonly Flight[], kind: ArrivalKind, failedMs = 0): void {
    const byOwner = Map.groupBy(flights, (flight) => flight.leasedBy);
    for (const [owner, leased] of byOwner) {
      if (owner === undefined) continue;
      for (const flight of leased) flight.leasedBy = undefined;
      const keys = leased.map(({ key }) => key);
      this.#inBackground(this.#tier.release(keys, owner, { kind, failedMs }));
    }
  }

  /** Notes what other processes deliver from now on; undefined while that cannot be heard. */
  watch(): Watch | undefined {
    return this.#subscriber.isListening ? this.#arrivals.watch() : undefined;
  }

  /** What arrivals call the key. */
  nameOf(key: string): string {
    return this.#tier.names.entry(key);
  }

  /** Resolves when Redis has it, or it is kept to be sent later. */
  invalidate(invalidation: Invalidation): Promise<void> {
    return this.#outbox.send(invalidation);
  }

  #inBackground(work: Promise<void>): void {
    const tracked = work.finally(() => this.#background.delete(tracked));
    this.#background.add(tracked);
  }

  /** Ends the subscription once stores and invalidations are out; the shared connection stays open. */
  async close(): Promise<void> {
    await Promise.all(this.#background);
    if (!this.#outbox.isIdle) await this.#outbox.flush();
    this.#redis.off('ready', this.#flush);
    this.#subscriber.close();
  }
}
