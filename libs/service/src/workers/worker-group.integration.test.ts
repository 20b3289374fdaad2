import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { childrenOf, sendSignal, waitFor } from '@ganitagya/testing';
import { OpenLoop, type OpenLoopOptions } from '../fixtures/open-loop.ts';
import { cpuMsOf, isAlive, runEcho, type RunOptions } from '../testing/running-echo.ts';

async function start(t: TestContext, options: RunOptions) {
  const service = await runEcho(options);
  t.after(() => service.stop());
  return service;
}

async function group(t: TestContext, options: RunOptions = {}) {
  const service = await start(t, { ...options, env: { WORKERS: '2', ...options.env } });
  return { service, workers: await service.whole(2) };
}

/** A file that is not there yet. */
function flagFor(t: TestContext): { readonly path: string; raise(): void; lower(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'echo-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'flag');
  return { path, raise: () => writeFileSync(path, ''), lower: () => rmSync(path) };
}

/** Load that ends with the test, however that ends. */
function loadFor(t: TestContext, url: string, options: Partial<OpenLoopOptions>): OpenLoop {
  const load = new OpenLoop(url, options);
  t.after(() => load.stop());
  return load;
}

const seriesOf = async (management: string) => (await fetch(`${management}/metrics`)).text();

// Most of their time these tests wait.
describe('a group of workers', { concurrency: 3 }, () => {
  describe('a rolling restart', () => {
    test('replaces all workers, one by one, and fails no request', async (t) => {
      const { service, workers } = await group(t, {
        times: { trialMs: 500 },
        // Which is for balancers that know nothing of workers.
        env: { DRAIN_DELAY_MS: '30000', SHUTDOWN_GRACE_MS: '60000' },
      });
      const load = loadFor(t, `${service.url}/pid`, { perSecond: 280, connections: 20, shortPerSecond: 20 });
      await waitFor(() => load.asked > 100, { what: 'load' });
      sendSignal(service.pid, 'SIGHUP');
      await waitFor(async () => (await service.health()).rollingRestart.state === 'done', {
        what: 'the end of the restart',
        timeoutMs: 40_000,
        intervalMs: 200,
      });
      const { failed, faults } = await load.stop();
      assert.equal(failed, 0, JSON.stringify(faults));
      const after = await service.whole(2);
      assert.ok(after.every((pid) => !workers.includes(pid)));
      assert.deepEqual(childrenOf(service.pid).toSorted(), after.toSorted(), 'nobody is left behind');
      assert.match(
        await seriesOf(service.management),
        /worker_restarts_total\{[^}]*reason="rolling"[^}]*\} 2/u,
      );
    });

    test('holds when a new worker fails or dies, keeps the old ones, and starts over when asked again', async (t) => {
      const [dies, fails] = [flagFor(t), flagFor(t)];
      const { service, workers } = await group(t, {
        env: { CRASH_IF: dies.path, FAIL_IF: fails.path },
        times: { trialMs: 2_000 },
      });
      loadFor(t, `${service.url}/flaky`, { perSecond: 0, shortPerSecond: 60 });
      const restarted = async (state: string, reason = /^/u) =>
        waitFor(
          async () => {
            const { rollingRestart } = await service.health();
            return (
              rollingRestart.state === state && reason.test(String(rollingRestart.reason)) && rollingRestart
            );
          },
          { what: `a restart that is ${state}`, timeoutMs: 40_000, intervalMs: 100 },
        );
      fails.raise();
      sendSignal(service.pid, 'SIGHUP');
      const held = await restarted('held', /new workers fail \d+\.\d % of their requests, old ones 0\.0 %/u);
      assert.equal(held.replaced, 0);
      assert.deepEqual((await service.whole(2)).toSorted(), workers.toSorted());
      fails.lower();

      dies.raise();
      sendSignal(service.pid, 'SIGHUP');
      await restarted('held', /ended before it was ready/u);
      assert.match(await seriesOf(service.management), /worker_rolling_restart_held\{[^}]*\} 1/u);
      assert.deepEqual((await service.whole(2)).toSorted(), workers.toSorted());
      dies.lower();

      sendSignal(service.pid, 'SIGHUP');
      assert.equal((await restarted('done')).replaced, 2);
    });
  });

  describe('a worker that', { concurrency: 2 }, () => {
    test('is only busy is left alone; one that freezes is found and replaced within seconds', async (t) => {
      const { service, workers } = await group(t);
      assert.equal((await fetch(`${service.url}/block/1500`)).status, 200);
      const late = /worker_heartbeats_late_total\{[^}]*\} [1-9]/u;
      await waitFor(async () => late.test(await seriesOf(service.management)), { what: 'a late heartbeat' });
      assert.deepEqual((await service.whole(2)).toSorted(), workers.toSorted());

      const [frozen = 0] = workers;
      const startedAt = performance.now();
      sendSignal(frozen, 'SIGSTOP');
      await waitFor(() => !isAlive(frozen), {
        what: 'the end of the frozen worker',
        timeoutMs: 20_000,
      });
      const tookMs = performance.now() - startedAt;
      assert.ok(tookMs >= 3_000 && tookMs < 12_000, `${tookMs} ms`);
      const after = await service.whole(2);
      assert.ok(!after.includes(frozen));
      assert.match(
        await seriesOf(service.management),
        /worker_restarts_total\{[^}]*reason="frozen"[^}]*\} 1/u,
      );
    });

    test('leaks is replaced without a failed request', async (t) => {
      const { service } = await group(t, {
        env: { WORKER_MEMORY_MAX_BYTES: String(400 * 1_048_576) },
        times: { leakingForMs: 1_000 },
      });
      const load = loadFor(t, `${service.url}/pid`, { perSecond: 100, connections: 10, shortPerSecond: 5 });
      const answer = await fetch(`${service.url}/leak/400`, { headers: { connection: 'close' } });
      const { pid } = (await answer.json()) as { pid: number };
      await waitFor(async () => !(await service.whole(2)).includes(pid), {
        what: 'another worker',
        timeoutMs: 20_000,
      });
      const { failed, faults } = await load.stop();
      assert.equal(failed, 0, JSON.stringify(faults));
      assert.match(
        await seriesOf(service.management),
        /worker_restarts_total\{[^}]*reason="leaking"[^}]*\} 1/u,
      );
    });

    test('crashes at boot is tried again ever more slowly while the other serves, at no cost', async (t) => {
      const flag = flagFor(t);
      const { service, workers } = await group(t, { env: { CRASH_IF: flag.path } });
      const [victim = 0] = workers;
      flag.raise();
      sendSignal(victim, 'SIGKILL');
      const waitsMs = () =>
        service.lines
          .filter((line) => line.includes('"msg":"worker died"'))
          .map((line) => (JSON.parse(line) as { waitMs: number }).waitMs);
      await waitFor(() => waitsMs().length >= 4, { what: 'four deaths', timeoutMs: 60_000 });
      const cpuBeforeMs = cpuMsOf(service.pid);
      const beganAt = performance.now();
      await waitFor(() => performance.now() - beganAt > 2_000, { what: 'two seconds' });
      const share = (cpuMsOf(service.pid) - cpuBeforeMs) / (performance.now() - beganAt);
      assert.ok(share < 0.1, `the primary uses ${share} of a core`);
      assert.ok(waitsMs().every((waitMs) => waitMs >= 250));
      assert.equal((await fetch(`${service.management}/readyz`)).status, 200);
      assert.ok(service.isRunning());
      flag.lower();
      await service.whole(2);
    });
  });

  describe('workers that cannot start', () => {
    test('end the service when none serves', async (t) => {
      const service = await start(t, {
        env: { WORKERS: '2', CRASH_AT_BOOT: 'true' },
        readyWhen: /worker died/u,
      });
      assert.deepEqual(await service.exited, { code: 70, signal: null });
      assert.ok(service.lines.some((line) => /no worker serves, and \d+ died young/u.test(line)));
    });
  });
});
