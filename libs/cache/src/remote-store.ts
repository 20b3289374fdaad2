import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { CacheEvents, Invalidation } from './events.ts';
import { Outbox } from './invalidation/outbox.ts';
import { Subscriber } from './invalidation/subscriber.ts';
import type { CacheSettings } from './options.ts';
import type { Counters } from './stats.ts';
import { RedisTier } from './tiers/redis.ts';
import type { RemoteRead } from './tiers/redis.ts';

export interface RemoteStoreOptions {
  readonly redis: Redis;
  readonly settings: CacheSettings;
  readonly events: CacheEvents;
  readonly counters: Counters;
  readonly onInvalidation: (invalidation: Invalidation) => void;
  readonly onGap: (reason: 'subscribed' | 'gap') => void;
  readonly onListening: (isListening: boolean) => void;
}

type StoreArguments = Parameters<RedisTier['store']>;

/** What processes share: the Redis tier, the invalidations sent to it and those heard from it. */
export class RemoteStore {
  readonly #origin = randomUUID();
  readonly #tier: RedisTier;
  readonly #outbox: Outbox;
  readonly #subscriber: Subscriber;
  readonly #background = new Set<Promise<unknown>>();
  readonly #redis: Redis;
  readonly #flush = () => void this.#outbox.flush();

  constructor({ redis, settings, events, counters, ...listeners }: RemoteStoreOptions) {
    this.#redis = redis;
    this.#tier = new RedisTier({
      redis,
      namespace: settings.namespace,
      ...settings.remote,
      events,
      counters,
    });
    this.#outbox = new Outbox((invalidation) => this.#tier.invalidate(invalidation, this.#origin));
    this.#subscriber = new Subscriber({
      redis,
      channel: this.#tier.channel,
      readSequence: (connection) => this.#tier.readSequence(connection),
      onInvalidation: (invalidation, origin) => {
        if (origin !== this.#origin) listeners.onInvalidation(invalidation);
      },
      onGap: listeners.onGap,
      onListening: listeners.onListening,
      onHeartbeat: this.#flush,
      onError: (operation, error) => events.emit('tierError', { tier: 'redis', operation, error }),
    });
    redis.on('ready', this.#flush);
  }

  /** Undefined when Redis cannot be asked, or does not know yet what this process has invalidated. */
  async read(keys: readonly string[]): Promise<RemoteRead | undefined> {
    if (!this.#outbox.isIdle && !(await this.#outbox.flush())) return undefined;
    return this.#tier.read(keys);
  }

  /** Stores without holding anybody up; `onStale` is called when an invalidation came first. */
  storeInBackground(key: string, entry: StoreArguments[1], sequence: number, onStale: () => void): void {
    const storing = this.#tier.store(key, entry, sequence).then((isKept) => {
      if (isKept === false) onStale();
      this.#background.delete(storing);
    });
    this.#background.add(storing);
  }

  /** Resolves when Redis has it, or it is kept to be sent later. */
  invalidate(invalidation: Invalidation): Promise<void> {
    return this.#outbox.send(invalidation);
  }

  /** Ends the subscription once stores and invalidations are out; the shared connection stays open. */
  async close(): Promise<void> {
    await Promise.all(this.#background);
    if (!this.#outbox.isIdle) await this.#outbox.flush();
    this.#redis.off('ready', this.#flush);
    this.#subscriber.close();
  }
}
