import { AsyncLocalStorage } from 'node:async_hooks';

import type { Database } from '../database.ts';
import { isDatabaseOverloaded, isDatabaseUnavailable } from '../errors.ts';
import type { TestSchema } from '../testing/test-cluster.ts';
import type { History, Look, Outcome, Read, Write } from './history.ts';

type Place = { host: string; isByReplica: boolean };

/** Does what users do, and writes down what came of it. */
export class Recorder {
  readonly operations: (Write | Read | Look)[] = [];
  /** How often which error came, by its text. */
  readonly failures = new Map<string, number>();
  /** Errors that are none of the two that stand for 503. */
  readonly untyped: unknown[] = [];
  failedReads = 0;
  readonly #places = new AsyncLocalStorage<Place>();
  readonly #startMs = performance.now();

  /** Lets reads on this database tell who answered them. */
  watch(db: Database<TestSchema>): void {
    db.events.on('query', ({ host, route }) => {
      const place = this.#places.getStore();
      if (place) Object.assign(place, { host, isByReplica: route === 'replica' });
    });
  }

  async write(db: Database<TestSchema>, user: string, value: number): Promise<Outcome> {
    const startMs = this.#nowMs;
    const outcome = await db
      .insertInto('note')
      .values({ author: user, value })
      .execute()
      .then(
        () => 'done' as const,
        (error: unknown) => this.#outcomeOf(error),
      );
    this.operations.push({ kind: 'write', user, value, outcome, startMs, endMs: this.#nowMs });
    return outcome;
  }

  /** False when it failed. */
  async read(db: Database<TestSchema>, user: string, register: string): Promise<boolean> {
    const query = db.selectFrom('note').select('value').where('author', '=', register).orderBy('value');
    const answer = await this.#ask(() => query.execute());
    if (!answer) return false;
    const { rows, ...rest } = answer;
    this.operations.push({ kind: 'read', user, register, values: rows.map(({ value }) => value), ...rest });
    return true;
  }

  async look(db: Database<TestSchema>, register: string): Promise<boolean> {
    const query = db.selectFrom('note').select('value').where('author', '=', register);
    const answer = await this.#ask(() => query.orderBy('value', 'desc').limit(1).execute());
    if (!answer) return false;
    const { rows, ...rest } = answer;
    this.operations.push({ kind: 'look', register, value: rows[0]?.value ?? 0, ...rest });
    return true;
  }

  /** What was done, and what there is now. */
  historyWith(kept: History['kept']): History {
    return { operations: this.operations, kept };
  }

  async #ask<Row>(query: () => Promise<Row[]>) {
    const startMs = this.#nowMs;
    const place: Place = { host: '', isByReplica: false };
    try {
      const rows = await this.#places.run(place, query);
      return { rows, ...place, startMs, endMs: this.#nowMs };
    } catch (error) {
      this.#outcomeOf(error);
      this.failedReads += 1;
      return undefined;
    }
  }

  #outcomeOf(error: unknown): Outcome {
    const text = String(error).replaceAll(/127\.0\.0\.1:\d+/g, 'host');
    this.failures.set(text, (this.failures.get(text) ?? 0) + 1);
    if (isDatabaseOverloaded(error)) return 'not run';
    if (isDatabaseUnavailable(error)) return error.mayHaveRun ? 'unknown' : 'not run';
    this.untyped.push(error);
    return 'unknown';
  }

  get #nowMs(): number {
    return performance.now() - this.#startMs;
  }
}
