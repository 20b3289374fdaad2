import { Pool } from './pool.ts';
import { createRandom } from './random.ts';

/** One kind of request. */
export interface LoadKind {
  readonly name: string;
  /** Its part of what is asked. */
  readonly share: number;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: (number: number) => string;
  readonly body?: (number: number) => string;
}

/** Who knows the bytes of a request; whose it is, and about what, `number` picks. */
export interface Requests<Kind extends LoadKind> {
  request(kind: Kind, number: number): string;
}

/** What became of one try. */
export interface Try<Kind extends LoadKind = LoadKind> {
  readonly kind: Kind;
  readonly isRetry: boolean;
  /** When it should have been sent and how much later it was, in ms; the first since the start of the run. */
  readonly at: number;
  readonly lateMs: number;
  /** From when it should have been sent. */
  tookMs: number;
  ending: 'good' | 'refused' | 'timeout' | 'failed' | undefined;
  /** Of the answer, if one came: its status, and the code of its problem. */
  answer: string | undefined;
}

/** A load that does not wait for answers. */
export interface LoadPlan<Kind extends LoadKind> {
  readonly port: number;
  readonly requests: Requests<Kind>;
  readonly kinds: readonly Kind[];
  /** First tries a second at a time, in ms from the start. */
  readonly perSecond: (atMs: number) => number;
  readonly durationMs: number;
  readonly seed: number;
  /** For each first try, so many may be repeated. */
  readonly retryBudget: number;
  /** How long a client waits. */
  readonly timeoutMs: number;
}

const NEW_CONNECTION_SHARE = 0.1;
const NUMBER_MAX = 1_000_000;
/** When nobody said when to come again: at once, as impatient people do. */
const IMPATIENCE_MS = 200;
const TICK_MS = 1;

/** Sends as planned, and resolves with every try when the last one is answered or given up. */
export async function generate<Kind extends LoadKind>(plan: LoadPlan<Kind>): Promise<readonly Try<Kind>[]> {
  const generator = new Generator(plan);
  try {
    return await generator.run();
  } finally {
    generator.close();
  }
}

class Generator<Kind extends LoadKind> {
  readonly #plan: LoadPlan<Kind>;
  readonly #pool: Pool;
  readonly #random: () => number;
  /** Of its own, so that what happens to a server changes nothing in what it is asked. */
  readonly #randomConnection: () => number;
  readonly #tries: Try<Kind>[] = [];
  /** When to try again, soonest last. */
  #retries: { readonly at: number; readonly kind: Kind; readonly number: number }[] = [];
  #budget = 0;
  #underWay = 0;
  #startedAt = 0;
  #nextAt = 0;
  #onOver: () => void = () => undefined;

  constructor(plan: LoadPlan<Kind>) {
    this.#plan = plan;
    this.#pool = new Pool(plan.port);
    this.#random = createRandom(plan.seed);
    this.#randomConnection = createRandom(plan.seed + 1);
  }

  async run(): Promise<readonly Try<Kind>[]> {
    this.#startedAt = performance.now();
    this.#planNext(0);
    const over = new Promise<void>((resolve) => (this.#onOver = resolve));
    this.#tick();
    await over;
    return this.#tries;
  }

  close(): void {
    this.#pool.close();
  }

  #tick(): void {
    const now = this.#now();
    while (this.#nextAt <= Math.min(now, this.#plan.durationMs)) {
      const at = this.#nextAt;
      this.#planNext(at);
      this.#budget += this.#plan.retryBudget;
      this.#send(this.#drawKind(), Math.floor(this.#random() * NUMBER_MAX), at, false);
    }
    for (let last = this.#retries.at(-1); last !== undefined && last.at <= now; last = this.#retries.at(-1)) {
      this.#retries.pop();
      this.#send(last.kind, last.number, last.at, true);
    }
    if (now <= this.#plan.durationMs) setTimeout(() => this.#tick(), TICK_MS);
    else if (this.#underWay === 0) this.#onOver();
    else setTimeout(() => this.#tick(), TICK_MS);
  }

  #planNext(at: number): void {
    const perMs = this.#plan.perSecond(at) / 1_000;
    this.#nextAt = at - Math.log(1 - this.#random()) / perMs;
  }

  #drawKind(): Kind {
    const { kinds } = this.#plan;
    let left = this.#random();
    const kind = kinds.find(({ share }) => (left -= share) < 0) ?? kinds[0];
    if (kind === undefined) throw new RangeError('there is nothing to ask');
    return kind;
  }

  #send(kind: Kind, number: number, at: number, isRetry: boolean): void {
    const lateMs = this.#now() - at;
    const one: Try<Kind> = { kind, isRetry, at, lateMs, tookMs: NaN, ending: undefined, answer: undefined };
    this.#tries.push(one);
    this.#underWay += 1;
    const connection = this.#pool.take(this.#randomConnection() < NEW_CONNECTION_SHARE);
    const end = (ending: Try['ending'], retryAfterMs: number) => {
      this.#underWay -= 1;
      one.ending = ending;
      one.tookMs = this.#now() - at;
      if (ending !== 'good' && !isRetry) this.#planRetry(kind, number, retryAfterMs);
    };
    const timer = setTimeout(
      () => {
        this.#pool.drop(connection);
        end('timeout', IMPATIENCE_MS);
      },
      at + this.#plan.timeoutMs - this.#now(),
    );
    connection.ask(this.#plan.requests.request(kind, number), (reply) => {
      clearTimeout(timer);
      if (reply === undefined) this.#pool.drop(connection);
      one.answer = reply && [reply.status, reply.problem ?? ''].join(' ').trimEnd();
      if (reply?.status === 503) end('refused', (reply.retryAfterS ?? 0) * 1_000 || IMPATIENCE_MS);
      else end(reply !== undefined && reply.status < 300 ? 'good' : 'failed', IMPATIENCE_MS);
    });
  }

  #planRetry(kind: Kind, number: number, afterMs: number): void {
    const at = this.#now() + afterMs;
    if (this.#budget < 1 || at > this.#plan.durationMs) return;
    this.#budget -= 1;
    const place = this.#retries.findIndex((retry) => retry.at < at);
    this.#retries.splice(place === -1 ? this.#retries.length : place, 0, { at, kind, number });
  }

  #now(): number {
    return performance.now() - this.#startedAt;
  }
}
