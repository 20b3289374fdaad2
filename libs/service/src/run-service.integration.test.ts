import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { childrenOf, sendSignal, waitFor } from '@ganitagya/testing';
import { isAlive, runEcho, type RunOptions } from './testing/running-echo.ts';

const MAIN = fileURLToPath(new URL('fixtures/echo-main.ts', import.meta.url));
const canHaveOwnPids = spawnSync('unshare', ['--fork', '--pid', 'true']).status === 0;

async function run(t: TestContext, options: RunOptions = {}) {
  const service = await runEcho(options);
  t.after(() => service.stop());
  return service;
}

const statusOf = async (url: string) => (await fetch(url, { signal: AbortSignal.timeout(5_000) })).status;

/** A request that is under way when this resolves; its answer's status later. */
async function slowRequest(url: string, metricsOf: string) {
  const answer = statusOf(url);
  await waitFor(
    async () => /active_connections\{[^}]*\} [1-9]/u.test(await (await fetch(`${metricsOf}/metrics`)).text()),
    { what: 'the connection' },
  );
  return { answer };
}

describe('runService', { concurrency: 4 }, () => {
  test('wrong settings end it with 78 and every fault', async () => {
    const failed = promisify(execFile)(process.execPath, [MAIN], {
      env: { PATH: process.env['PATH'], PORT: 'x', REDIS_URL: 'http://r' },
    });
    await assert.rejects(failed, (error: { code?: number; stderr?: string }) => {
      assert.equal(error.code, 78);
      for (const name of ['PORT', 'REDIS_URL', 'DATABASE_URL'])
        assert.match(String(error.stderr), new RegExp(name, 'u'));
      return true;
    });
  });

  test('a second one on the same port does not share it unnoticed', async (t) => {
    const service = await run(t, { env: { WORKERS: '2' } });
    const second = run(t, {
      env: { WORKERS: '2', PORT: new URL(service.url).port },
    });
    await assert.rejects(second, /EADDRINUSE/u);
  });

  test('SIGTERM: readiness off, the request in flight is answered, exit 0', async (t) => {
    const service = await run(t, { env: { DRAIN_DELAY_MS: '500' } });
    await waitFor(async () => (await statusOf(`${service.management}/readyz`)) === 200, {
      what: 'readiness',
    });
    const slow = await slowRequest(`${service.url}/slow/1000`, service.management);
    sendSignal(service.pid, 'SIGTERM');
    await waitFor(async () => (await statusOf(`${service.management}/readyz`)) === 503, {
      what: 'not ready',
    });
    assert.equal(await statusOf(`${service.management}/livez`), 200);
    assert.equal(await slow.answer, 200);
    assert.deepEqual(await service.exited, { code: 0, signal: null });
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} to the whole process group, as Ctrl-C sends it: workers drain all the same`, async (t) => {
      const service = await run(t, { env: { WORKERS: '2' } });
      const workers = await service.whole(2);
      const slow = await slowRequest(`${service.url}/slow/1500`, service.management);
      for (const pid of [...workers, service.pid]) sendSignal(pid, signal);
      assert.equal(await slow.answer, 200);
      assert.deepEqual(await service.exited, { code: 0, signal: null });
    });
  }

  test('SIGTERM with a stream that has no end: its last word, and exit 0 within the grace', async (t) => {
    const service = await run(t, { env: { WORKERS: '2', SHUTDOWN_GRACE_MS: '4000' } });
    await service.whole(2);
    const [stream] = (await once(get(`${service.url}/endless`), 'response')) as [IncomingMessage];
    const startedAt = performance.now();
    sendSignal(service.pid, 'SIGTERM');
    assert.match(await text(stream), /the last word\n\n$/u);
    assert.deepEqual(await service.exited, { code: 0, signal: null });
    assert.ok(performance.now() - startedAt < 4_000);
  });

  test('a second signal ends it hard, and its workers', async (t) => {
    const service = await run(t, { env: { WORKERS: '2' } });
    const workers = await service.whole(2);
    const cut = assert.rejects(fetch(`${service.url}/slow/15000`));
    await waitFor(async () => (await service.health()).workers.some(({ inFlight }) => inFlight > 0), {
      what: 'the request',
    });
    sendSignal(service.pid, 'SIGTERM');
    await waitFor(() => service.lines.some((line) => line.includes('"msg":"stopping"')), {
      what: 'the stop',
    });
    sendSignal(service.pid, 'SIGTERM');
    assert.deepEqual(await service.exited, { code: 1, signal: null });
    await waitFor(() => workers.every((pid) => !isAlive(pid)), { what: 'the end of the workers' });
    await cut;
  });

  test('a frozen worker does not hold up the end', async (t) => {
    const service = await run(t, { env: { WORKERS: '2' } });
    const [frozen = 0] = await service.whole(2);
    sendSignal(frozen, 'SIGSTOP');
    sendSignal(service.pid, 'SIGTERM');
    const startedAt = performance.now();
    assert.deepEqual(await service.exited, { code: 1, signal: null });
    assert.ok(performance.now() - startedAt < 15_000, 'the grace is 20 s');
  });

  test(
    'as the first process of a container: no zombie of a killed worker, and SIGTERM ends it',
    { skip: !canHaveOwnPids && 'unshare is not allowed here' },
    async (t) => {
      // `unshare` waits for the first process of its namespace, whose number outside is another.
      const service = await run(t, {
        env: { WORKERS: '2' },
        prefix: ['unshare', '--fork', '--pid', '--kill-child', '--mount-proc'],
      });
      await waitFor(async () => (await service.health()).ready === 2, { what: 'both workers' });
      const [first = 0] = childrenOf(service.pid);
      const [victim = 0] = childrenOf(first);
      sendSignal(victim, 'SIGKILL');
      await waitFor(
        async () => {
          const { ready } = await service.health();
          return ready === 2 && !childrenOf(first).includes(victim);
        },
        { what: 'another worker' },
      );
      assert.equal(childrenOf(first).length, 2, 'no zombies');
      sendSignal(first, 'SIGTERM');
      assert.deepEqual(await service.exited, { code: 0, signal: null });
    },
  );

  test('a killed worker is replaced at once; meanwhile the other serves', async (t) => {
    const service = await run(t, { env: { WORKERS: '2' }, times: { steadyMs: 0 } });
    const before = await service.whole(2);
    const [victim = 0] = before;
    sendSignal(victim, 'SIGKILL');
    await waitFor(
      async () => {
        // Connections that were queued at the killed worker are lost.
        await fetch(`${service.url}/pid`, { headers: { connection: 'close' } }).catch(() => undefined);
        assert.equal(await statusOf(`${service.management}/readyz`), 200);
        return (await service.health()).workers.every(({ pid }) => pid !== victim);
      },
      { what: 'a new worker', timeoutMs: 20_000 },
    );
    const after = await service.whole(2);
    assert.equal(after.filter((pid) => before.includes(pid)).length, 1);
    const died = service.lines.find((line) => line.includes('"msg":"worker died"'));
    assert.equal((JSON.parse(String(died)) as { waitMs: number }).waitMs, 0);
  });

  test('a frozen worker fails neither the scrape nor the health page, which names it', async (t) => {
    const service = await run(t, { env: { WORKERS: '2' }, times: { frozenAfterMs: 60_000 } });
    const [frozen = 0] = await service.whole(2);
    sendSignal(frozen, 'SIGSTOP');
    t.after(() => void sendSignal(frozen, 'SIGCONT'));
    const startedAt = performance.now();
    assert.equal(await statusOf(`${service.management}/readyz`), 200);
    const metrics = await fetch(`${service.management}/metrics`, { signal: AbortSignal.timeout(5_000) });
    assert.match(await metrics.text(), /process_cpu_seconds_total/u);
    assert.ok(performance.now() - startedAt < 1_000, 'nobody waits for the frozen one');
    const report = await service.health();
    assert.equal(report.status, 'degraded');
    assert.equal(report.workers.find(({ pid }) => pid === frozen)?.status, 'down');
  });

  test('the health page tells of each worker where it stands, and its versions', async (t) => {
    const service = await run(t, { env: { WORKERS: '2' } });
    await service.whole(2);
    const { workers, status } = await service.health();
    assert.equal(status, 'up');
    for (const [slot, worker] of workers.toSorted((a, b) => a.slot - b.slot).entries()) {
      assert.partialDeepStrictEqual(worker, { slot, state: 'ready', restarts: 0, node: process.version });
      assert.match(worker.version, /^\d+\.\d+\.\d+$/u);
      assert.ok(worker.rssBytes > 10_000_000 && worker.ageMs > 0 && worker.loopLagMs >= 0);
    }
  });
});
