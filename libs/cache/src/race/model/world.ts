import type { ControlledInstance } from '../../testing/controlled-instance.ts';
import { turn } from '../../testing/controlled-instance.ts';
import type { ShiftedTime } from '../../testing/shifted-time.ts';
import { Links } from './links.ts';
import type { Member } from './links.ts';
import { keys, tagged, tagsOf } from './operations.ts';
import type { Key, Operation } from './operations.ts';
import type { Truth, Value } from './truth.ts';

export interface WorldOptions {
  readonly members: readonly Member[];
  readonly truth: Truth;
  readonly time: ShiftedTime;
  /** The clock of the caches, moved on by hand. */
  readonly clock: { now: number };
  /** Redis itself, over a way of its own. */
  readonly admin: { flush(): Promise<unknown>; evict(tenant: number, name: string): Promise<unknown> };
}

interface HeldLoad {
  readonly at: number;
  readonly tenant: number;
  readonly key: Key;
  readonly version: number;
  readonly finish: () => void;
}

/** How long what is kept may be served stale. */
const STALE_MS = 3_600_000;

/** Three processes and their Redis; does what a schedule says and notes what may be expected of whom. */
export class World {
  readonly #options: WorldOptions;
  readonly #links: Links;
  readonly #loads: HeldLoad[] = [];
  readonly #pending = new Set<Promise<unknown>>();
  #isOver = false;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#links = new Links(options);
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
        return this.#links.cut(operation.at, true);
      case 'cut stream':
        return this.#links.cut(operation.at, false);
      case 'lose messages':
        this.#links.lose(operation.at);
        return;
      case 'restore':
        return this.#links.restore(operation.at);
      case 'flush':
        await this.#options.admin.flush();
        return;
      case 'evict':
        await this.#links.settle();
        await this.#options.admin.evict(operation.tenant, evicted(operation));
        return;
      case 'finish':
        this.#finish(this.#loads.splice(operation.nth, 1));
        return turn();
      case 'settle':
        return this.#links.settle();
    }
  }

  /** Heals everything and reads everything: all must give what is true. */
  async converge(): Promise<void> {
    const { members, truth } = this.#options;
    this.stopHolding();
    await Promise.all([...members.keys()].map((at) => this.#links.restore(at)));
    let stale: string[] = [];
    for (let round = 0; round < 12; round++) {
      await this.#advance(1_100);
      await this.#links.settle();
      const looks = [...this.#places()].map(async ([at, tenant, key]) => {
        const value = await this.#read(at, tenant, key, false);
        const { version } = truth.now(tenant, key);
        return value.version === version
          ? []
          : [`${at}/${tenant}/${key} at ${value.version}, not ${version}`];
      });
      stale = (await Promise.all(looks)).flat();
      if (stale.length === 0) return;
    }
    truth.violations.push(`after all was well again: ${stale.join('; ')}`);
  }

  /** Loads that others waited for may have successors: nothing is held any more. */
  stopHolding(): void {
    this.#isOver = true;
    this.#finish(this.#loads.splice(0));
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

  async #read(at: number, tenant: number, key: Key, isHeld: boolean): Promise<Value> {
    const { truth } = this.#options;
    const floor = truth.floor(at, tenant, key);
    // Half of the keys have tags that are known only with the value.
    const tags = key === 'a' ? tagsOf(key) : () => tagsOf(key);
    const load = () => this.#load(at, truth.now(tenant, key), isHeld);
    // The time of one key is up at once: it is served stale, and refreshed in the background by each read.
    const options = key === 'c' ? { tags, ttlMs: 1, staleMs: STALE_MS } : { tags };
    const value = await this.#instance(at, tenant).cache.getOrSet<Value>(key, load, options);
    truth.check(`a read by ${at}`, { tenant, key }, floor, value);
    return value;
  }

  #load(at: number, value: Value, isHeld: boolean): Promise<Value> | Value {
    if (!isHeld || this.#isOver) return value;
    return new Promise((resolve) => {
      this.#loads.push({ at, ...value, finish: () => resolve(value) });
    });
  }

  #finish(loads: readonly HeldLoad[]): void {
    for (const { at, finish } of loads) {
      this.#links.noteLoaded(at);
      finish();
    }
  }

  #getMany(at: number, tenant: number): void {
    const { truth } = this.#options;
    const floors = new Map(keys.map((key) => [key, truth.floor(at, tenant, key)]));
    const loadMany = (missing: readonly string[]) =>
      new Map((missing as readonly Key[]).map((key) => [key as string, truth.now(tenant, key)]));
    const reading = this.#instance(at, tenant).cache.getMany(keys, loadMany, {
      tags: (_value, key) => tagsOf(key as Key),
    });
    this.#track(
      reading.then((values) => {
        for (const key of keys) {
          const value = values.get(key);
          if (value) truth.check(`a batch by ${at}`, { tenant, key }, floors.get(key) ?? 0, value);
        }
      }),
    );
  }

  #peek(at: number, tenant: number): void {
    const { truth } = this.#options;
    for (const key of keys) {
      const value = this.#instance(at, tenant).cache.peek<Value>(key);
      if (value) truth.check(`a peek by ${at}`, { tenant, key }, truth.floor(at, tenant, key), value);
    }
  }

  #invalidate(operation: Extract<Operation, { do: 'invalidate' | 'invalidateTags' | 'clear' }>): void {
    const { at, tenant } = operation;
    const { cache } = this.#instance(at, tenant);
    const failures = () => cache.stats().remoteErrors + cache.stats().remoteSkipped;
    const before = failures();
    const isCut = this.#links.isCut(at);
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
    const { clock, time } = this.#options;
    clock.now += ms;
    time.advance(ms);
    if (ms >= 1_000) await this.#links.heartbeat();
    this.#links.expire((at) => this.#loads.some((load) => load.at === at));
  }
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
