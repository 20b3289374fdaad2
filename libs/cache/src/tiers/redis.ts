import type { Redis } from 'ioredis';
import type { CacheEvents, Invalidation } from '../events.ts';
import type { RedisClient } from '../redis-client.ts';
import type { Counters } from '../stats.ts';
import type { ArrivalKind } from '../waiting/arrivals.ts';
import { GuardedScripts } from './guarded-scripts.ts';
import { Names } from './names.ts';
import { parseRead } from './read-reply.ts';
import type { ReadReply, RemoteRead } from './read-reply.ts';
import { runScript } from './run-script.ts';
import { INVALIDATE, READ, RELEASE, SEQUENCE, STORE } from './scripts.ts';

export interface RedisTierOptions {
  readonly redis: RedisClient;
  readonly namespace: string;
  readonly ttlMs: number;
  readonly budgetMs: number;
  readonly leaseMs: number;
  readonly events: CacheEvents;
  readonly counters: Counters;
}

/** A key to read, and when to ask for the lease on loading it: with at most so many ms of fresh time left; -1: never. */
export interface WantedKey {
  readonly key: string;
  readonly leaseBelowMs: number;
}

export interface StoredEntry {
  readonly bytes: Buffer;
  readonly tags: readonly string[];
  readonly freshMs: number;
  readonly staleMs: number;
  readonly loadMs: number;
}

const KEYS_PER_CALL = 200;

/**
 * Values and leases shared between processes. Every call takes at most `budgetMs`, and a circuit spares callers a Redis
 * that is out. Nothing here rejects: a failed call is undefined or false, an event and a count.
 */
export class RedisTier {
  readonly names: Names;
  readonly #options: RedisTierOptions;
  readonly #scripts: GuardedScripts;

  constructor(options: RedisTierOptions) {
    this.#options = options;
    this.names = new Names(options.namespace);
    this.#scripts = new GuardedScripts(options);
  }

  /** The present sequence number, over a connection of the caller's choice. */
  async readSequence(connection: Redis): Promise<number> {
    return Number(String(await runScript(connection, SEQUENCE, [this.names.sequence], [])));
  }

  /** Values, versions, the present sequence number and leases for `owner` in one round trip. */
  async read(
    wanted: readonly WantedKey[],
    owner: string,
    tags: readonly string[] | undefined,
  ): Promise<RemoteRead | undefined> {
    if (wanted.length > KEYS_PER_CALL) return this.#readInParts(wanted, owner, tags);
    const names = [this.names.sequence, this.names.generation];
    const args = [
      this.names.tagPrefix,
      owner,
      this.#options.leaseMs,
      tags?.length ? JSON.stringify(tags) : '',
      this.#marksTtlMs,
    ];
    for (const { key } of wanted) names.push(this.names.entry(key), this.names.lease(key));
    const [first] = wanted;
    const isOneForAll = wanted.every(({ leaseBelowMs }) => leaseBelowMs === first?.leaseBelowMs);
    for (const { leaseBelowMs } of isOneForAll ? wanted.slice(0, 1) : wanted)
      args.push(Math.ceil(leaseBelowMs));
    const onTimeout = () => this.#disown(wanted, owner);
    const reply = await this.#scripts.run({ operation: 'read', script: READ, names, args, onTimeout });
    return reply === undefined ? undefined : parseRead(reply as ReadReply);
  }

  /** False: an invalidation landed since `sequence`, the value was not kept. Undefined: not known. Ends the lease. */
  async store(
    key: string,
    entry: StoredEntry,
    sequence: number,
    owner: string,
  ): Promise<boolean | undefined> {
    const { sequence: numbers, generation } = this.names;
    const tagNames = entry.tags.map((tag) => this.names.tag(tag));
    const names = [numbers, generation, this.names.entry(key), this.names.lease(key), ...tagNames];
    const tags = entry.tags.length > 0 ? JSON.stringify(entry.tags) : '';
    const { freshMs, staleMs } = entry;
    const marksTtlMs = Math.max(this.#marksTtlMs, (freshMs + staleMs) * 2);
    const times = [freshMs, staleMs, Math.round(entry.loadMs), marksTtlMs];
    const told = [this.names.arrivals, this.#arrival('look', key)];
    const args = [sequence, ...times, entry.bytes, tags, owner, ...told];
    const reply = await this.#scripts.run({ operation: 'store', script: STORE, names, args });
    return reply === undefined ? undefined : reply === 1;
  }

  /** Gives leases back without a value; `failedMs` > 0: a load failed, nobody who has a value should try until then. */
  async release(
    keys: readonly string[],
    owner: string,
    { kind, failedMs }: { readonly kind: ArrivalKind; readonly failedMs: number },
  ): Promise<void> {
    const call = this.#releasing(keys, owner, kind, failedMs);
    await this.#scripts.run({ operation: 'release', script: RELEASE, ...call });
  }

  /** Marks in Redis and tells everybody; false when that is not known to have happened. */
  async invalidate(invalidation: Invalidation, origin: string): Promise<boolean> {
    const { kind, names } = this.#marked(invalidation);
    const message = JSON.stringify({ origin, ...invalidation });
    const args = [kind, this.#marksTtlMs, this.names.channel, message];
    const reply = await this.#scripts.run({
      operation: 'invalidate',
      script: INVALIDATE,
      names: [this.names.sequence, ...names],
      args,
    });
    return reply !== undefined;
  }

  /** Marks must outlive every entry that was stored before them, jitter included. */
  get #marksTtlMs(): number {
    return this.#options.ttlMs * 2;
  }

  /** A read that timed out may still run and take leases that nobody knows of: on its heels they are given back. */
  #disown(wanted: readonly WantedKey[], owner: string): void {
    const { names, args } = this.#releasing(
      wanted.map(({ key }) => key),
      owner,
      'look',
      0,
    );
    // It shares the fate of the read, which has been told of and counted.
    runScript(this.#options.redis, RELEASE, names, args).catch(() => undefined);
  }

  #releasing(keys: readonly string[], owner: string, kind: ArrivalKind, failedMs: number) {
    const told = keys.map((key) => this.#arrival(kind, key));
    return {
      names: keys.map((key) => this.names.lease(key)),
      args: [owner, Math.ceil(failedMs), this.names.arrivals, ...told],
    };
  }

  #arrival(kind: ArrivalKind, key: string): string {
    return `${kind} ${this.names.entry(key)}`;
  }

  /** Parts leave together, but let others in between: one script must not occupy Redis for long. */
  async #readInParts(
    wanted: readonly WantedKey[],
    owner: string,
    tags: readonly string[] | undefined,
  ): Promise<RemoteRead | undefined> {
    const parts: Promise<RemoteRead | undefined>[] = [];
    for (let start = 0; start < wanted.length; start += KEYS_PER_CALL) {
      parts.push(this.read(wanted.slice(start, start + KEYS_PER_CALL), owner, tags));
    }
    const reads = (await Promise.all(parts)).filter((read) => read !== undefined);
    if (reads.length < parts.length) return undefined;
    return {
      sequence: Math.min(...reads.map((read) => read.sequence)),
      entries: reads.flatMap((read) => read.entries),
      leases: reads.flatMap((read) => read.leases),
    };
  }

  #marked(invalidation: Invalidation): { readonly kind: string; readonly names: readonly string[] } {
    if ('keys' in invalidation)
      return {
        kind: 'keys',
        names: invalidation.keys.flatMap((key) => [this.names.entry(key), this.names.lease(key)]),
      };
    if ('tags' in invalidation)
      return { kind: 'tags', names: invalidation.tags.map((tag) => this.names.tag(tag)) };
    return { kind: 'all', names: [this.names.generation] };
  }
}
