import { isTimedOut } from '@ganitagya/resilience';
import type { EntryOptions } from '../../index.ts';
import type { ControlledInstance } from '../../testing/controlled-instance.ts';
import { turn } from '../../testing/controlled-instance.ts';
import type { ShiftedTime } from '../../testing/shifted-time.ts';
import { Holdings } from './holdings.ts';
import { Links } from './links.ts';
import type { Member } from './links.ts';
import { keys, tagged, tagsOf } from './operations.ts';
import type { Key, Operation } from './operations.ts';
import { Source, SourceError } from './source.ts';
import type { Terms } from './source.ts';
import type { Truth, Value } from './truth.ts';

export interface WorldOptions {
  readonly members: readonly Member[];
  readonly truth: Truth;
  readonly time: ShiftedTime;
  /** The clock of the caches, moved on by hand. */
  readonly clock: { now: number };
  /** Redis itself, over a way of its own. */
  readonly admin: {
    flush(): Promise<unknown>;
    evict(tenant: number, name: string): Promise<unknown>;
    /** Moves the time of all that Redis has. */
    age(ms: number): Promise<unknown>;
  };
}

const CONVERGENCE_ROUNDS_MAX = 12;
/** A circuit that was open lets what is unsent through. */
const CONVERGENCE_ROUNDS_MIN = 2;
const HOUR_MS = 3_600_000;
/** What the README promises: an error is not remembered for longer. */
const PAUSE_MS_MAX = 2_000;
/** From here on a copy may go unconfirmed by a heartbeat for too long. */
const LONG_MS = 5_000;

const usual: Terms = { freshMs: HOUR_MS, staleMs: 0 };
/** Stale at once: served by each read, which refreshes it in the background. */
const shortLived: Terms = { freshMs: 1, staleMs: 60_000 };
/** Loaded anew by who reads it, and served stale when that takes long or fails. */
const awaited: Terms = { freshMs: 2_000, staleMs: 30_000 };
/** Above the length from which time-outs are moved on with the clock. */
const SOFT_TIMEOUT_MS = 12_000;

/** Three processes and their Redis; does what a schedule says and notes what may be expected of whom. */
export class World {
  readonly #options: WorldOptions;
  readonly #links: Links;
  readonly #source: Source;
  readonly #holdings = new Holdings();
  readonly #pending = new Set<Promise<unknown>>();
  /** Redis has lost something that nobody knows of yet. */
  #isUnsteady = false;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#links = new Links(options);
    this.#source = new Source({ ...options, links: this.#links });
  }

  async do(operation: Operation): Promise<void> {
    switch (operation.do) {
      case 'get':
        this.#get(operation.at, operation.tenant, operation.key, operation.held);
        return turn();
      case 'getMany':
        this.#getMany(operation.at, operation.tenant);
        return turn();
      case 'peek':
        this.#peek(operation.at, operation.tenant);
        return;
      case 'invalidate':
      case 'invalidateTags':
      case 'clear':
        this.#invalidate(operation);
        return turn();
      case 'advance':
        return this.#advance(operation.ms);
      case 'cut':
        this.#holdings.forget();
        return this.#links.cut(operation.at, true);
      case 'cut stream':
        this.#holdings.forget();
        return this.#links.cut(operation.at, false);
      case 'lose messages':
        this.#holdings.forget();
        this.#links.lose(operation.at);
        return;
      case 'restore':
        this.#holdings.forget();
        return this.#links.restore(operation.at);
      case 'flush':
        this.#loseInRedis();
        await this.#options.admin.flush();
        return;
      case 'evict':
        this.#loseInRedis();
        await this.#links.settle();
        await this.#options.admin.evict(operation.tenant, evicted(operation));
        return;
      case 'finish':
        this.#source.finish(operation.nth, operation.fails);
        return turn();
      case 'break':
        this.#source.break(operation);
        return;
      case 'mend':
        this.#source.mend();
        return;
      case 'settle':
        return this.#links.settle();
      case 'converge':
        await this.converge();
        this.#source.resume();
        return;
    }
  }

  /** Heals everything and reads everything: all must give what is true, and know of all from then on. */
  async converge(): Promise<void> {
    const { members, truth } = this.#options;
    this.stopHolding();
    await Promise.all([...members.keys()].map((at) => this.#links.restore(at)));
    let stale: readonly string[] = [];
    for (let round = 1; round <= CONVERGENCE_ROUNDS_MAX; round++) {
      await this.#advance(1_100);
      await this.#links.settle();
      stale = await this.#stale();
      if (stale.length > 0 || round < CONVERGENCE_ROUNDS_MIN) continue;
      this.#links.knowAll();
      return;
    }
    truth.violations.push(`after all was well again: ${stale.join('; ')}`);
  }

  async #stale(): Promise<readonly string[]> {
    const looks = [...this.#places()].map(async ([at, tenant, key]) => {
      const value = await this.#read(at, tenant, key, false);
      const { version } = this.#options.truth.now(tenant, key);
      if (value?.version === version) return [];
      return [`${at}/${tenant}/${key} at ${value?.version ?? 'an error'}, not ${version}`];
    });
    return (await Promise.all(looks)).flat();
  }

  /** Nothing is held or fails any more. */
  stopHolding(): void {
    this.#source.heal();
  }

  async ended(): Promise<void> {
    await Promise.all(this.#pending);
  }

  *#places(): Iterable<[at: number, tenant: number, key: Key]> {
    for (const [at, { caches }] of this.#options.members.entries())
      for (const tenant of caches.keys()) for (const key of keys) yield [at, tenant, key];
  }

  #instance(at: number, tenant: number): ControlledInstance {
    return this.#options.members[at]?.caches[tenant] as ControlledInstance;
  }

  #get(at: number, tenant: number, key: Key, isHeld: boolean): void {
    this.#track(this.#read(at, tenant, key, isHeld));
  }

  /** Undefined: it failed as it may. */
  async #read(at: number, tenant: number, key: Key, isHeld: boolean): Promise<Value | undefined> {
    const { truth, clock } = this.#options;
    const floor = truth.floor(at, tenant, key);
    const isCalm = this.#links.isWell(at) && !this.#isUnsteady && truth.isSettled(at, tenant);
    const note = isCalm ? this.#holdings.reading(at, tenant, key) : undefined;
    const { terms, options } = contracts[key];
    const load = () => this.#source.load(at, { tenant, key }, terms, isHeld);
    let value: Value;
    try {
      value = await this.#instance(at, tenant).cache.getOrSet<Value>(key, load, options);
    } catch (error) {
      this.#checkError({ at, tenant, key, floor }, error);
      return undefined;
    }
    truth.check({ what: `a read by ${at}`, tenant, key, floor, now: clock.now }, value);
    if (value.version === truth.now(tenant, key).version) note?.(value);
    return value;
  }

  /** Errors are those of loads, of none that is long past or whose key was invalidated since, and better than nothing. */
  #checkError({ at, tenant, key, floor }: Failed, error: unknown): void {
    const { truth, clock } = this.#options;
    const complain = (what: string) =>
      truth.violations.push(`a read by ${at} of tenant ${tenant}, key ${key} gave ${what}: ${String(error)}`);
    if (error instanceof SourceError) {
      // The error of a batch is that of any of its keys.
      if (error.wanted.key === key && error.wanted.version < floor)
        complain(`an error of before version ${floor}`);
      if (clock.now - error.failedAt > PAUSE_MS_MAX) complain(`an old error at ${clock.now}`);
    } else if (!isTimedOut(error)) complain('an error of another kind');
    if (this.#holdings.has(at, tenant, key, clock.now)) complain('an error instead of a stale value');
  }

  #getMany(at: number, tenant: number): void {
    const { truth, clock } = this.#options;
    // What it has found may get old while it waits for the rest.
    const { now } = clock;
    const floors = new Map(keys.map((key) => [key, truth.floor(at, tenant, key)]));
    const loadMany = async (missing: readonly string[]) =>
      new Map(
        await Promise.all(
          (missing as readonly Key[]).map(
            async (key) =>
              [key as string, await this.#source.load(at, { tenant, key }, usual, false)] as const,
          ),
        ),
      );
    const reading = this.#instance(at, tenant).cache.getMany(keys, loadMany, {
      tags: (_value, key) => tagsOf(key as Key),
    });
    const check = (values: ReadonlyMap<string, Value>) => {
      for (const key of keys) {
        const value = values.get(key);
        const floor = floors.get(key) ?? 0;
        if (value) truth.check({ what: `a batch by ${at}`, tenant, key, floor, now }, value);
      }
    };
    const forgive = (error: unknown) => {
      if (!(error instanceof SourceError || isTimedOut(error))) throw error;
    };
    this.#track(reading.then(check, forgive));
  }

  #peek(at: number, tenant: number): void {
    const { truth, clock } = this.#options;
    for (const key of keys) {
      const value = this.#instance(at, tenant).cache.peek<Value>(key);
      const floor = truth.floor(at, tenant, key);
      const check = { what: `a peek by ${at}`, tenant, key, floor, now: clock.now, isFresh: true };
      if (value) truth.check(check, value);
    }
  }

  #invalidate(operation: Extract<Operation, { do: 'invalidate' | 'invalidateTags' | 'clear' }>): void {
    const { at, tenant } = operation;
    const { cache } = this.#instance(at, tenant);
    const failures = () => cache.stats().remoteErrors + cache.stats().remoteSkipped;
    const before = failures();
    const isCut = this.#links.isCut(at);
    this.#holdings.invalidate(tenant, writtenBy(operation));
    const write = this.#options.truth.write(at, tenant, writtenBy(operation));
    let invalidating: Promise<void>;
    if (operation.do === 'invalidate') invalidating = cache.invalidate(operation.key);
    else if (operation.do === 'clear') invalidating = cache.clear();
    else invalidating = cache.invalidateTags([operation.tag]);
    const confirm = () => {
      // Else it will be sent again: others hear of it when it is.
      if (!isCut && failures() === before) write.confirmedAt = this.#options.clock.now;
    };
    this.#track(invalidating.then(confirm));
  }

  #track(work: Promise<unknown>): void {
    const fail = (error: unknown) => this.#options.truth.violations.push(`a call failed: ${String(error)}`);
    const tracked = work.catch(fail).finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }

  async #advance(ms: number): Promise<void> {
    const { clock, time, admin } = this.#options;
    // What has been loaded is stored, and what Redis says of times is understood, before they change.
    const resume = this.#source.pause();
    await this.#links.answered();
    await admin.age(ms);
    await this.#links.answered();
    if (ms >= LONG_MS) this.#holdings.forget();
    else this.#holdings.disturb();
    clock.now += ms;
    time.advance(ms);
    resume();
    if (ms >= 1_000) {
      await this.#links.heartbeat();
      if (this.#isUnsteady) this.#holdings.forget();
      this.#isUnsteady = false;
    }
    this.#links.expire((at) => this.#source.isLoading(at));
  }

  #loseInRedis(): void {
    this.#isUnsteady = true;
    this.#holdings.forget();
  }
}

interface Failed {
  readonly at: number;
  readonly tenant: number;
  readonly key: Key;
  readonly floor: number;
}

/** How each key is kept; the tags of most are known only with the value. */
const contracts: Readonly<Record<Key, { readonly terms: Terms; readonly options: EntryOptions<Value> }>> = {
  a: { terms: usual, options: { tags: tagsOf('a') } },
  b: { terms: usual, options: { tags: () => tagsOf('b') } },
  c: contract('c', shortLived),
  d: contract('d', awaited, { softTimeoutMs: SOFT_TIMEOUT_MS }),
};

function contract(key: Key, terms: Terms, more: EntryOptions<Value> = {}) {
  const { freshMs: ttlMs, staleMs } = terms;
  return { terms, options: { tags: () => tagsOf(key), ttlMs, staleMs, ...more } };
}

function writtenBy(
  operation: Extract<Operation, { do: 'invalidate' | 'invalidateTags' | 'clear' }>,
): readonly Key[] {
  if (operation.do === 'invalidate') return [operation.key];
  return operation.do === 'clear' ? keys : tagged[operation.tag];
}

function evicted({ what, key }: Extract<Operation, { do: 'evict' }>): string {
  if (what === 'entry') return `entry:${key}`;
  return what === 'tag' ? `tag:${tagsOf(key)[0] ?? ''}` : what;
}
