import { createPolicies, isCircuitOpen } from '@ganitagya/resilience';
import type { Policies } from '@ganitagya/resilience';
import type { Redis } from 'ioredis';
import type { CacheEvents, Invalidation } from '../events.ts';
import type { Counters } from '../stats.ts';
import { INVALIDATE, READ, runScript, SEQUENCE, STORE } from './scripts.ts';

export interface RemoteEntry {
  readonly bytes: Buffer;
  readonly tags: readonly string[];
  readonly remainingMs: number;
}

export interface RemoteRead {
  /** The namespace's sequence number at the read: what is loaded next may be stored under it. */
  readonly sequence: number;
  /** One per key, in order. */
  readonly entries: readonly (RemoteEntry | undefined)[];
}

export interface RedisTierOptions {
  readonly redis: Redis;
  readonly namespace: string;
  readonly ttlMs: number;
  readonly budgetMs: number;
  readonly events: CacheEvents;
  readonly counters: Counters;
}

/** How long after a failure Redis is left alone before one call probes it. */
const OPEN_MS = 1_000;

const KEYS_PER_CALL = 200;

/**
 * Values shared between processes. Every call takes at most `budgetMs`; a failure opens a circuit, so that an outage
 * costs the budget once. Nothing here rejects: a failed call is undefined or false, an event and a count.
 */
export class RedisTier {
  readonly #redis: Redis;
  readonly #prefix: string;
  readonly #marksTtlMs: number;
  readonly #policies: Policies<'redis'>;
  readonly #events: CacheEvents;
  readonly #counters: Counters;
  readonly channel: string;

  constructor({ redis, namespace, ttlMs, budgetMs, events, counters }: RedisTierOptions) {
    this.#redis = redis;
    this.#prefix = `cache:{${namespace}}:`;
    this.channel = `${this.#prefix}invalidations`;
    // Marks must outlive every entry that was stored before them, jitter included.
    this.#marksTtlMs = ttlMs * 2;
    this.#events = events;
    this.#counters = counters;
    this.#policies = createPolicies({
      redis: { timeoutMs: budgetMs, breaker: { failures: 1, openMs: OPEN_MS, successesToClose: 1 } },
    });
    this.#policies.events.on('state', ({ from, to }) => events.emit('circuit', { from, to }));
  }

  /** The present sequence number, over a connection of the caller's choice. */
  async readSequence(connection: Redis): Promise<number> {
    return Number(String(await runScript(connection, SEQUENCE, [this.#sequenceKey], [])));
  }

  /** Values, versions and the present sequence number in one round trip. */
  async read(keys: readonly string[]): Promise<RemoteRead | undefined> {
    if (keys.length > KEYS_PER_CALL) return this.#readInParts(keys);
    const names = [this.#sequenceKey, this.#generationKey, ...keys.map((key) => this.#entryKey(key))];
    const reply = await this.#call('read', () =>
      runScript(this.#redis, READ, names, [`${this.#prefix}tag:`]),
    );
    return reply === undefined ? undefined : parseRead(reply as ReadReply, keys.length);
  }

  /** False: an invalidation landed since `sequence`, the value was not kept. Undefined: not known. */
  async store(
    key: string,
    entry: { readonly bytes: Buffer; readonly tags: readonly string[]; readonly ttlMs: number },
    sequence: number,
  ): Promise<boolean | undefined> {
    const names = [this.#generationKey, this.#entryKey(key), ...entry.tags.map((tag) => this.#tagKey(tag))];
    const tags = entry.tags.length > 0 ? JSON.stringify(entry.tags) : '';
    const args = [sequence, entry.ttlMs, this.#marksTtlMs, entry.bytes, tags];
    const reply = await this.#call('store', () => runScript(this.#redis, STORE, names, args));
    return reply === undefined ? undefined : reply === 1;
  }

  /** Marks in Redis and tells everybody; false when that is not known to have happened. */
  async invalidate(invalidation: Invalidation, origin: string): Promise<boolean> {
    const { kind, names } = this.#marked(invalidation);
    const message = JSON.stringify({ origin, ...invalidation });
    const args = [kind, this.#marksTtlMs, this.channel, message];
    const reply = await this.#call('invalidate', () =>
      runScript(this.#redis, INVALIDATE, [this.#sequenceKey, ...names], args),
    );
    return reply !== undefined;
  }

  /** Parts leave together, but let others in between: one script must not occupy Redis for long. */
  async #readInParts(keys: readonly string[]): Promise<RemoteRead | undefined> {
    const parts: Promise<RemoteRead | undefined>[] = [];
    for (let start = 0; start < keys.length; start += KEYS_PER_CALL) {
      parts.push(this.read(keys.slice(start, start + KEYS_PER_CALL)));
    }
    const reads = (await Promise.all(parts)).filter((read) => read !== undefined);
    if (reads.length < parts.length) return undefined;
    return {
      sequence: Math.min(...reads.map((read) => read.sequence)),
      entries: reads.flatMap((read) => read.entries),
    };
  }

  #marked(invalidation: Invalidation): { readonly kind: string; readonly names: readonly string[] } {
    if ('keys' in invalidation)
      return { kind: 'keys', names: invalidation.keys.map((key) => this.#entryKey(key)) };
    if ('tags' in invalidation)
      return { kind: 'tags', names: invalidation.tags.map((tag) => this.#tagKey(tag)) };
    return { kind: 'all', names: [this.#generationKey] };
  }

  async #call(operation: string, work: () => Promise<unknown>): Promise<unknown> {
    try {
      return await this.#policies.execute('redis', work);
    } catch (error) {
      if (isCircuitOpen(error)) {
        this.#counters.remoteSkipped++;
        return undefined;
      }
      this.#counters.remoteErrors++;
      this.#events.emit('tierError', { tier: 'redis', operation, error });
      return undefined;
    }
  }

  get #sequenceKey(): string {
    return `${this.#prefix}sequence`;
  }

  get #generationKey(): string {
    return `${this.#prefix}generation`;
  }

  #entryKey(key: string): string {
    // UTF-8 has no lone surrogates: unescaped, different keys would become one.
    return key.isWellFormed()
      ? `${this.#prefix}entry:${key}`
      : `${this.#prefix}escaped:${JSON.stringify(key)}`;
  }

  #tagKey(tag: string): string {
    return `${this.#prefix}tag:${tag}`;
  }
}

type ReadReply = readonly [sequence: Buffer, ...entries: (Buffer | number | null)[]];

function parseRead([sequence, ...fields]: ReadReply, count: number): RemoteRead {
  const entries = Array.from({ length: count }, (_, index): RemoteEntry | undefined => {
    const [bytes, tags, remainingMs] = fields.slice(index * 3, index * 3 + 3) as [
      Buffer | null,
      Buffer | null,
      number,
    ];
    if (bytes === null) return undefined;
    return { bytes, tags: tags === null ? [] : (JSON.parse(tags.toString()) as string[]), remainingMs };
  });
  return { sequence: Number(sequence.toString()), entries };
}
