// Whether totals are true while workers end, crash, are killed and frozen; about a minute.
//   node libs/service/bench/metrics-truth.ts [--trials <n>]
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { OpenLoop } from '../src/fixtures/open-loop.ts';
import { isAlive, runEcho, type RunningEcho } from '../src/testing/running-echo.ts';
import { sendSignal, toMarkdown, waitFor, watchMachine } from './testing/kit.ts';

const WORKERS = 2;
const BEFORE_MS = 2_000;
const AFTER_MS = 3_000;
const COUNT = /^http_request_duration_seconds_count\{[^}]*route="\/pid",status_code="200"[^}]*\} (\d+)$/gmu;

/** What is done to one worker, or to all, in the middle of the load. */
const EVENTS: Readonly<Record<string, (echo: RunningEcho, worker: number) => Promise<void>>> = {
  'a worker is told to stop': async (_echo, worker) => void sendSignal(worker, 'SIGTERM'),
  'all are replaced (SIGHUP)': async (echo) => void sendSignal(echo.pid, 'SIGHUP'),
  'a worker crashes': async ({ url }) => {
    await fetch(`${url}/crash`).catch(() => undefined);
  },
  'a worker is killed (-9)': async (_echo, worker) => void sendSignal(worker, 'SIGKILL'),
  'a worker is frozen for a second': async (_echo, worker) => {
    sendSignal(worker, 'SIGSTOP');
    await sleep(1_000);
    if (isAlive(worker)) sendSignal(worker, 'SIGCONT');
  },
};

interface Trial {
  readonly answered: number;
  readonly counted: number;
  /** The most by which a scrape told less than the one before. */
  readonly fall: number;
  readonly slowestScrapeMs: number;
}

/** Everything that the group says it answered. */
async function scrape({ management }: RunningEcho): Promise<{ total: number; ms: number }> {
  const startedAt = performance.now();
  const answer = await fetch(`${management}/metrics`, { signal: AbortSignal.timeout(5_000) });
  const counts = [...(await answer.text()).matchAll(COUNT)];
  const ms = performance.now() - startedAt;
  return { total: counts.reduce((sum, [, count]) => sum + Number(count), 0), ms };
}

async function trial(event: (echo: RunningEcho, worker: number) => Promise<void>): Promise<Trial> {
  const echo = await runEcho({ env: { WORKERS: String(WORKERS) } });
  try {
    const [worker] = await echo.whole(WORKERS);
    if (worker === undefined) throw new Error('no worker');
    const load = new OpenLoop(`${echo.url}/pid`);
    await sleep(BEFORE_MS);
    let [fall, slowestScrapeMs, last] = [0, 0, 0];
    const happening = event(echo, worker);
    const until = performance.now() + AFTER_MS;
    while (performance.now() < until) {
      const { total, ms } = await scrape(echo);
      fall = Math.max(fall, last - total);
      slowestScrapeMs = Math.max(slowestScrapeMs, ms);
      last = total;
      await sleep(20);
    }
    await happening;
    const { asked, failed, refused } = await load.stop();
    const answered = asked - failed - refused;
    // What is still to come, if anything.
    await waitFor(async () => (await scrape(echo)).total >= answered, {
      what: 'all',
      timeoutMs: 2_000,
    }).catch(() => undefined);
    return { answered, counted: (await scrape(echo)).total, fall, slowestScrapeMs };
  } finally {
    await echo.stop();
  }
}

const { values } = parseArgs({ options: { trials: { type: 'string', default: '2' } } });
const before = await watchMachine();
const rows: string[][] = [];
for (const [what, event] of Object.entries(EVENTS)) {
  for (let count = 0; count < Number(values.trials); count += 1) {
    const { answered, counted, fall, slowestScrapeMs } = await trial(event);
    rows.push([
      what,
      String(answered),
      String(counted),
      String(counted - answered),
      String(fall),
      `${slowestScrapeMs.toFixed(0)} ms`,
    ]);
  }
}
console.log(
  toMarkdown({
    title: 'Metrics truth',
    columns: ['what happens', 'answered', 'counted', 'difference', 'fall of the total', 'slowest scrape'],
    rows,
  }),
);
console.log(
  `\nTwo workers, 500 requests a second; Node ${process.versions.node}, ${before.cores} cores, of which others used ` +
    `${before.busyCores.toFixed(1)} (load ${before.load.toFixed(1)}) before.`,
);
