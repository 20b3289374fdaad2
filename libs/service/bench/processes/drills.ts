import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { cpuMsOf, runEcho } from '../../src/testing/running-echo.ts';
import { sendSignal, waitFor } from '../testing/kit.ts';
import { logged, onStage, pause, wholeWithout, type Finding } from './drill.ts';

const AFTERWARDS_MS = 3_000;
const GRACE_MS = 10_000;

/** What happens to processes, and what its users notice; in this order. */
export const drills: Readonly<Record<string, () => Promise<Finding>>> = {
  'rolling restart': () =>
    onStage({}, async ({ service, load }) => {
      const asked = await load();
      const faultAt = performance.now();
      sendSignal(service.pid, 'SIGHUP');
      await waitFor(async () => (await service.health()).rollingRestart.state === 'done', {
        what: 'the end of the restart',
        timeoutMs: 60_000,
        intervalMs: 100,
      });
      const steadyAfterMs = performance.now() - faultAt;
      await pause(AFTERWARDS_MS);
      return found('rolling restart (SIGHUP)', await asked.stop(), faultAt, steadyAfterMs, '2 of 2 replaced');
    }),

  kill: () => replaced('kill -9 of a worker', 'SIGKILL'),

  freeze: () => replaced('SIGSTOP of a worker', 'SIGSTOP'),

  'crash at boot': () =>
    onStage({}, async ({ service, workers, crashFlag, load }) => {
      const asked = await load();
      writeFileSync(crashFlag, '');
      const faultAt = performance.now();
      sendSignal(workers[0] ?? 0, 'SIGKILL');
      await waitFor(() => logged(service, 'worker died').length >= 5, { what: 'deaths', timeoutMs: 60_000 });
      const cpuMs = cpuMsOf(service.pid);
      const beganAt = performance.now();
      await pause(AFTERWARDS_MS);
      const share = (cpuMsOf(service.pid) - cpuMs) / (performance.now() - beganAt);
      const result = await asked.stop();
      const waits = logged(service, 'worker died').map(({ waitMs }) => Number(waitMs));
      return found(
        'a worker crashes at boot, the other serves',
        result,
        faultAt,
        Number.NaN,
        `waits ${waits.join(', ')} ms; the primary uses ${(share * 100).toFixed(1)} % of a core`,
      );
    }),

  'cannot start': async () => {
    const faultAt = performance.now();
    const service = await runEcho({
      env: { WORKERS: '2', CRASH_AT_BOOT: 'true' },
      readyWhen: /worker died/u,
    });
    const { code } = await service.exited;
    const deaths = logged(service, 'worker died').length;
    return found(
      'all workers crash at boot',
      undefined,
      faultAt,
      performance.now() - faultAt,
      `exit ${String(code)} after ${deaths} tries`,
    );
  },

  leak: () =>
    onStage(
      { env: { WORKER_MEMORY_MAX_BYTES: String(400 * 1_048_576) }, times: { leakingForMs: 3_000 } },
      async ({ service, load }) => {
        const asked = await load();
        const faultAt = performance.now();
        const answer = await fetch(`${service.url}/leak/400`, { headers: { connection: 'close' } });
        const { pid } = (await answer.json()) as { pid: number };
        const steadyAfterMs = await wholeWithout(service, [pid], faultAt);
        await pause(AFTERWARDS_MS);
        return found(
          'a worker leaks (for 3 s instead of 30)',
          await asked.stop(),
          faultAt,
          steadyAfterMs,
          'replaced',
        );
      },
    ),

  drain: () =>
    onStage({ env: { SHUTDOWN_GRACE_MS: String(GRACE_MS) } }, async ({ service }) => {
      const [stream] = (await once(get(`${service.url}/endless`), 'response')) as [IncomingMessage];
      const slow = fetch(`${service.url}/slow/2000`);
      await pause(500);
      const faultAt = performance.now();
      sendSignal(service.pid, 'SIGTERM');
      const heard = text(stream).then(
        (words) => [words.endsWith('the last word\n\n'), performance.now()] as const,
      );
      const { status } = await slow;
      const { code } = await service.exited;
      const [isWhole, endedAt] = await heard;
      return found(
        `SIGTERM, an open stream, a slow request; grace ${GRACE_MS / 1_000} s`,
        undefined,
        faultAt,
        performance.now() - faultAt,
        `slow request ${status}; stream ended ${isWhole ? 'whole' : 'cut'} after ${seconds(endedAt - faultAt)}; exit ${String(code)}`,
      );
    }),
};

async function replaced(drill: string, signal: 'SIGKILL' | 'SIGSTOP'): Promise<Finding> {
  // Steady from the start, as a worker is that has run for ten seconds.
  return onStage({ times: { steadyMs: 0 } }, async ({ service, workers, load }) => {
    const asked = await load();
    const [victim = 0] = workers;
    const faultAt = performance.now();
    sendSignal(victim, signal);
    const steadyAfterMs = await wholeWithout(service, [victim], faultAt);
    await pause(AFTERWARDS_MS);
    return found(drill, await asked.stop(), faultAt, steadyAfterMs, 'replaced');
  });
}

function found(
  drill: string,
  load: Finding['load'],
  faultAt: number,
  steadyAfterMs: number,
  what: string,
): Finding {
  return { drill, load, faultAt, steadyAfterMs, found: what };
}

/** A time for people. */
export function seconds(ms: number): string {
  return Number.isNaN(ms) ? '' : `${(ms / 1_000).toFixed(1)} s`;
}
