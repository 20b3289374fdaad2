import { setTimeout as sleep } from 'node:timers/promises';

/** How the reads of one contestant ended. */
export type Outcome = {
  readonly ok: number;
  readonly failed: number;
  /** Without an answer when they were given up. */
  readonly hung: number;
  /** Of those that ended. */
  readonly slowestMs: number;
};

/** Whom to ask how often, and how long to wait for an answer. */
export type PacedOptions = {
  readonly reads: number;
  readonly everyMs: number;
  readonly giveUpMs: number;
};

/** Starts reads at a steady pace, whatever becomes of those before, as users do. */
export async function pacedReads(
  read: () => Promise<unknown>,
  { reads, everyMs, giveUpMs }: PacedOptions,
): Promise<Outcome> {
  const counts = { ok: 0, failed: 0, hung: 0 };
  let slowestMs = 0;
  const start = performance.now();
  const one = async () => {
    const askedAtMs = performance.now();
    const giveUp = new AbortController();
    const answer = read().then(
      () => 'ok' as const,
      () => 'failed' as const,
    );
    const result = await Promise.race([answer, sleep(giveUpMs, 'hung' as const, { signal: giveUp.signal })]);
    counts[result] += 1;
    if (result !== 'hung') {
      giveUp.abort();
      slowestMs = Math.max(slowestMs, performance.now() - askedAtMs);
    }
  };
  const all: Promise<void>[] = [];
  for (let index = 0; index < reads; index += 1) {
    await sleep(Math.max(0, start + index * everyMs - performance.now()));
    all.push(one());
  }
  await Promise.all(all);
  return { ...counts, slowestMs };
}
