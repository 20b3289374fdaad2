import type { Answer, Client } from './client.ts';

/** What users saw while something failed. */
export interface Seen {
  readonly total: number;
  /** Answers that were not what they should be, and requests that got none. */
  readonly failures: readonly string[];
  readonly slowestMs: number;
}

const THINK_MS = 10;

/** Asks again and again, `concurrency` at a time, until `stop` is called. */
export function askContinuously(
  client: Client,
  paths: readonly string[],
  concurrency: number,
  isRight: (answer: Answer) => boolean = (answer) => answer.status === 200,
): { stop(): Promise<Seen> } {
  let running = true;
  let total = 0;
  let slowestMs = 0;
  const failures: string[] = [];
  const worker = async (seed: number) => {
    for (let turn = seed; running; turn += 1) {
      const path = paths[turn % paths.length] ?? '/';
      const startedAt = performance.now();
      try {
        const answer = await client.call(path);
        if (!isRight(answer)) failures.push(`${path}: ${answer.status} ${answer.text.slice(0, 200)}`);
      } catch (error) {
        failures.push(`${path}: ${String(error)}`);
      }
      total += 1;
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      await new Promise((resolve) => setTimeout(resolve, THINK_MS));
    }
  };
  const workers = Array.from({ length: concurrency }, (_, index) => worker(index));
  return {
    async stop() {
      running = false;
      await Promise.all(workers);
      return { total, failures, slowestMs };
    },
  };
}
