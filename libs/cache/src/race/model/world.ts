import type { ControlledInstance } from '../../testing/controlled-instance.ts';
import { turn } from '../../testing/controlled-instance.ts';
import type { ShiftedTime } from '../../testing/shifted-time.ts';
import { Holdings } from './holdings.ts';
import { Links } from './links.ts';
import type { Member } from './links.ts';
import { keys, tagged, tagsOf } from './operations.ts';
import type { Key, Operation } from './operations.ts';
import { Reads } from './reads.ts';
import { Source } from './source.ts';
import type { Truth } from './truth.ts';

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
/** From here on a copy may go unconfirmed by a heartbeat for too long. */
const LONG_MS = 5_000;

/** Three processes and their Redis; does what a schedule says and notes what may be expected of whom. */
export class World {
  readonly #options: WorldOptions;
  readonly #links: Links;
  readonly #source: Source;
  readonly #reads: Reads;
  readonly #holdings = new Holdings();
  readonly #pending = new Set<Promise<unknown>>();

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#links = new Links(options);
    this.#source = new Source({ ...options, links: this.#links });
    this.#reads = new Reads({
      instance: (at, tenant) => this.#instance(at, tenant),
      truth: options.truth,
      clock: options.clock,
      links: this.#links,
      source: this.#source,
      holdings: this.#holdings,
    });
  }

  async do(operation: Operation): Promise<void> {
    switch (operation.do) {
      case 'get':
        this.#track(this.#reads.read(operation.at, operation.tenant, operation.key, operation.held));
        return turn();
      case 'getMany':
        this.#track(this.#reads.getMany(operation.at, operation.tenant));
        return turn();
      case 'peek':
        this.#reads.peek(operation.at, operation.tenant);
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
      const value = await this.#reads.read(at, tenant, key, false);
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
      if (this.#reads.isUnsteady) this.#holdings.forget();
      this.#reads.isUnsteady = false;
    }
    this.#links.expire((at) => this.#source.isLoading(at));
  }

  #loseInRedis(): void {
    this.#reads.isUnsteady = true;
    this.#holdings.forget();
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
