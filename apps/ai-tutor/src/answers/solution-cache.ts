import type { Cache } from '@ganitagya/cache';
import { taskKey } from '../questions/understand.ts';
import type { SolverPool } from '../solver/solver-pool.ts';
import type { DeclineReason, Language, Outcome, Task } from '../solver/task.ts';

/** Goes up whenever the same task may get another answer or other steps. */
const SOLVER_VERSION = 1;
/** Reasons that may be gone the next time. */
const PASSING: ReadonlySet<DeclineReason> = new Set(['busy', 'time-limit', 'failed']);

class PassingError extends Error {
  override readonly name = 'PassingError';
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super('Not to be kept');
    this.outcome = outcome;
  }
}

/** Solves each task once: questions that differ only in wording or notation share one entry. */
export class SolutionCache {
  readonly #cache: Cache;
  readonly #pool: SolverPool;
  readonly #staleMs: number;

  /** For `staleMs` after its time a solution is better than none: the solver may be busy. */
  constructor(cache: Cache, pool: SolverPool, staleMs: number) {
    this.#cache = cache;
    this.#pool = pool;
    this.#staleMs = staleMs;
  }

  async solve(task: Task, language: Language): Promise<Outcome> {
    try {
      return await this.#cache.getOrSet(
        `solution:${SOLVER_VERSION}:${language}:${taskKey(task)}`,
        async () => {
          const outcome = await this.#pool.solve(task, language);
          if (outcome.status === 'declined' && PASSING.has(outcome.reason)) throw new PassingError(outcome);
          return outcome;
        },
        { staleMs: this.#staleMs },
      );
    } catch (error) {
      if (error instanceof PassingError) return error.outcome;
      throw error;
    }
  }
}
