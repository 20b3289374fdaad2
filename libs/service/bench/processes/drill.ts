import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenLoop, type OpenLoopResult } from '../../src/fixtures/open-loop.ts';
import { runEcho, type RunningEcho, type RunOptions } from '../../src/testing/running-echo.ts';
import { waitFor } from '../testing/kit.ts';

/** One line of the table. */
export interface Finding {
  readonly drill: string;
  readonly load: OpenLoopResult | undefined;
  /** From the fault until all workers took requests again, or until the process ended. */
  readonly steadyAfterMs: number;
  readonly faultAt: number;
  readonly found: string;
}

/** A service of two workers that is asked 500 times a second: 480 over 50 kept connections, 20 over new ones. */
export interface Stage {
  readonly service: RunningEcho;
  readonly workers: readonly number[];
  /** Raised by creating it: workers that start then die. */
  readonly crashFlag: string;
  readonly load: () => Promise<OpenLoop>;
}

const WORKERS = 2;
const WARM_MS = 3_000;

/** Sets the stage, plays, and clears it whatever happens. */
export async function onStage<Result>(
  options: RunOptions,
  play: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'processes-'));
  const crashFlag = join(folder, 'crash');
  const service = await runEcho({
    ...options,
    env: { WORKERS: String(WORKERS), CRASH_IF: crashFlag, ...options.env },
  });
  try {
    const workers = await service.whole(WORKERS);
    return await play({
      service,
      workers,
      crashFlag,
      load: async () => {
        const load = new OpenLoop(`${service.url}/pid`);
        await pause(WARM_MS);
        return load;
      },
    });
  } finally {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Until the group is whole, without one of these processes in it; since when, in milliseconds. */
export async function wholeWithout(
  service: RunningEcho,
  gone: readonly number[],
  faultAt: number,
): Promise<number> {
  await waitFor(
    async () => {
      const pids = await service.whole(WORKERS);
      return pids.every((pid) => !gone.includes(pid));
    },
    { what: 'a whole group', timeoutMs: 60_000, intervalMs: 50 },
  );
  return performance.now() - faultAt;
}

/** Lets time pass. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What the service logged with this message. */
export function logged(service: RunningEcho, message: string): Record<string, unknown>[] {
  return service.lines
    .filter((line) => line.includes(`"msg":"${message}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
