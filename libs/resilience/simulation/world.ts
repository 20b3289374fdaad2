import { COHORTS } from '../src/overload/priority.ts';
import { Agenda } from './agenda.ts';
import { Answers, type Ending } from './answers.ts';
import { POLITE, Retries, type Manners } from './client.ts';
import { EventLoop } from './event-loop.ts';
import type { CreateGate, Gate } from './gates/gate.ts';
import { Random } from './random.ts';

import { ThreadPool } from './thread-pool.ts';
import { meanCpuMs, MIXED, type Kind, type Step } from './traffic.ts';

const USERS = 4_000;
/** Parsing a request, and answering a refusal: what also a refused one costs. */
const PARSE_MS = 0.01;
const REFUSE_MS = 0.01;

export interface WorldOptions {
  readonly gate: CreateGate;
  readonly kinds?: readonly Kind[];
  readonly manners?: Manners;
  readonly seed?: number;
  /** First tries at a time, as a multiple of what the loop can do. */
  readonly load: (at: number) => number;
  /** How many arrive at the same moment, as the requests of a page do. */
  readonly burst?: number;
  /** The processor's speed at a time. */
  readonly speed?: (at: number) => number;
  /** How much slower the database answers at a time. */
  readonly slowness?: (at: number) => number;
  /** How many may wait for the thread pool until the handler itself refuses, as a bulkhead does. */
  readonly threadLineMax?: number;
  /** Every 100 ms. */
  readonly watch?: (at: number, gate: Gate) => void;
}

/** One process of a service and its clients, from the first request to `untilMs`. */
export function simulate(options: WorldOptions, untilMs: number): Answers {
  return new World(options).run(untilMs);
}

interface Try {
  readonly kind: Kind;
  readonly user: number;
  readonly tries: number;
  readonly at: number;
  isAnswered: boolean;
}

class World {
  readonly #options: WorldOptions;
  readonly #kinds: readonly Kind[];
  readonly #manners: Manners;
  readonly #agenda = new Agenda();
  readonly #loop = new EventLoop(this.#agenda);
  readonly #threads: ThreadPool;
  /** Clients and service draw from their own, so that every gate meets the same arrivals. */
  readonly #arrivals: Random;
  readonly #costs: Random;
  readonly #retries: Retries;
  readonly #gate: Gate;
  readonly #answers = new Answers();

  constructor(options: WorldOptions) {
    const seed = options.seed ?? 1;
    this.#options = options;
    this.#kinds = options.kinds ?? MIXED;
    this.#manners = options.manners ?? POLITE;
    this.#threads = new ThreadPool(this.#agenda, 4, options.threadLineMax);
    this.#arrivals = new Random(seed);
    this.#costs = new Random(seed + 1);
    this.#retries = new Retries(this.#manners, new Random(seed + 2));
    this.#gate = options.gate({
      clock: () => this.#loop.now,
      random: new Random(seed + 3).next,
      after: (ms, work) => this.#agenda.plan(this.#loop.now + ms, () => this.#loop.postTimer(work)),
    });
  }

  run(untilMs: number): Answers {
    this.#agenda.plan(0, (at) => this.#arrive(at));
    this.#agenda.plan(0, (at) => this.#watch(at));
    this.#agenda.plan(0, (at) => this.#collectGarbage(at));
    this.#loop.runUntil(untilMs, (turnMs) => this.#gate.noteTurn(turnMs));
    this.#agenda.runUntil(untilMs);
    return this.#answers;
  }

  #arrive(at: number): void {
    const { load, burst = 1 } = this.#options;
    const perMs = load(at) / meanCpuMs(this.#kinds) / burst;
    this.#agenda.plan(at + this.#arrivals.exponential(1 / perMs), (next) => this.#arrive(next));
    for (let i = 0; i < burst; i++) {
      this.#retries.firstTry();
      this.#send({
        kind: this.#drawKind(),
        user: this.#arrivals.below(USERS),
        tries: 1,
        at,
        isAnswered: false,
      });
    }
  }

  #drawKind(): Kind {
    let left = this.#arrivals.next() * this.#kinds.reduce((sum, { share }) => sum + share, 0);
    const kind = this.#kinds.find(({ share }) => (left -= share) < 0) ?? this.#kinds[0];
    if (!kind) throw new RangeError('no traffic');
    return kind;
  }

  #send(one: Try): void {
    this.#agenda.plan(one.at + this.#manners.timeoutMs, () => this.#answer(one, 'gave up', 0));
    this.#loop.post(() => {
      this.#loop.spend(PARSE_MS);
      const entrant = {
        priority: one.kind.priority,
        cohort: () => one.user % COHORTS,
        admitted: () => this.#serve(one, 0, () => this.#gate.leave(entrant, 'done')),
        refused: ({ retryAfterMs }: { retryAfterMs: number }) => {
          this.#loop.spend(REFUSE_MS);
          this.#answer(one, 'refused', retryAfterMs);
        },
      };
      this.#gate.enter(entrant);
    });
  }

  #serve(one: Try, from: number, leave: () => void): void {
    const { steps, stream, inTimeMs } = one.kind;
    const step = steps[from];
    if (!step) {
      const tookMs = this.#loop.now - one.at;
      this.#answer(one, tookMs <= inTimeMs ? 'good' : 'late', 0);
      leave();
      if (stream) this.#stream(stream, stream.chunks);
      return;
    }
    if (step[0] === 'threads' && this.#threads.isFull) {
      this.#answer(one, 'refused', 1_000);
      leave();
      return;
    }
    this.#do(step, () => this.#serve(one, from + 1, leave));
  }

  #do([on, meanMs]: Step, next: () => void): void {
    const [now, ms] = [this.#loop.now, this.#costs.around(meanMs)];
    const ready = () => this.#loop.post(next);
    if (on === 'loop') {
      this.#loop.spend(ms);
      next();
    } else if (on === 'threads') this.#threads.run(now, ms, ready);
    else {
      const slowness = on === 'database' ? (this.#options.slowness?.(now) ?? 1) : 1;
      this.#agenda.plan(now + ms * slowness, ready);
    }
  }

  #stream({ everyMs, chunkMs }: { everyMs: number; chunkMs: number }, left: number): void {
    if (left === 0) return;
    this.#agenda.plan(this.#loop.now + everyMs, () =>
      this.#loop.post(() => {
        this.#loop.spend(chunkMs);
        this.#stream({ everyMs, chunkMs }, left - 1);
      }),
    );
  }

  #answer(one: Try, ending: Ending, retryAfterMs: number): void {
    if (one.isAnswered) return;
    one.isAnswered = true;
    const now = ending === 'gave up' ? one.at + this.#manners.timeoutMs : this.#loop.now;
    const { kind, at, tries } = one;
    this.#answers.all.push({ kind, ending, at, tookMs: now - at, tries });
    if (ending === 'good' || ending === 'late') return;
    const pauseMs = this.#retries.pauseMs(one.tries, retryAfterMs);
    if (pauseMs === undefined) return;
    this.#agenda.plan(now + pauseMs, (later) =>
      this.#send({ ...one, tries: tries + 1, at: later, isAnswered: false }),
    );
  }

  /** A young generation now and then, and once in ten seconds an old one. */
  #collectGarbage(at: number, count = 1): void {
    this.#loop.post(() => this.#loop.spend(count % 20 === 0 ? 40 : 3));
    this.#agenda.plan(at + 500, (next) => this.#collectGarbage(next, count + 1));
  }

  #watch(at: number): void {
    this.#loop.speed = this.#options.speed?.(at) ?? 1;
    this.#options.watch?.(at, this.#gate);
    this.#agenda.plan(at + 100, (next) => this.#watch(next));
  }
}
