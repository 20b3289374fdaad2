import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort, sendSignal, startProcess, waitFor, type ManagedProcess } from '@ganitagya/testing';

const MAIN = fileURLToPath(new URL('fixtures/echo-main.ts', import.meta.url));
const DATABASE_URL = 'postgres://nobody@127.0.0.1:1/none';

interface Running extends ManagedProcess {
  readonly url: string;
  readonly management: string;
  readonly lines: readonly string[];
}

async function run(
  t: TestContext,
  env: Record<string, string>,
  readyWhen = /"msg":"listening"/u,
): Promise<Running> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const lines: string[] = [];
  const process_ = await startProcess({
    name: 'echo',
    command: process.execPath,
    args: [MAIN],
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { DATABASE_URL, PORT: String(port), MANAGEMENT_PORT: String(managementPort), ...env },
    readyWhen,
    readyTimeoutMs: 30_000,
    exitSignal: 'SIGKILL',
    log: (line) => void lines.push(line),
  });
  t.after(async () => {
    if (!process_.isRunning()) return;
    sendSignal(process_.pid, 'SIGKILL');
    await process_.exited;
  });
  return Object.assign(process_, {
    url: `http://127.0.0.1:${port}`,
    management: `http://127.0.0.1:${managementPort}`,
    lines,
  });
}

const statusOf = async (url: string) => (await fetch(url, { signal: AbortSignal.timeout(5_000) })).status;
const pidFrom = async (url: string) => {
  const answer = await fetch(`${url}/pid`, {
    headers: { connection: 'close' },
    signal: AbortSignal.timeout(5_000),
  });
  return ((await answer.json()) as { pid: number }).pid;
};

async function workersOf(url: string, count: number): Promise<Set<number>> {
  const pids = new Set<number>();
  await waitFor(
    async () => {
      pids.add(await pidFrom(url));
      return pids.size >= count;
    },
    { what: `${count} workers`, timeoutMs: 30_000, intervalMs: 5 },
  );
  return pids;
}

describe('runService', () => {
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

  test('SIGTERM: readiness off, the request in flight is answered, exit 0', async (t) => {
    const service = await run(t, { DRAIN_DELAY_MS: '500' });
    await waitFor(async () => (await statusOf(`${service.management}/readyz`).catch(() => 0)) === 200, {
      what: 'readiness',
    });
    const slow = statusOf(`${service.url}/slow/1000`);
    await new Promise((resolve) => setTimeout(resolve, 200));
    sendSignal(service.pid, 'SIGTERM');
    await waitFor(async () => (await statusOf(`${service.management}/readyz`)) === 503, {
      what: 'not ready',
    });
    assert.equal(await statusOf(`${service.management}/livez`), 200);
    assert.equal(await slow, 200);
    assert.deepEqual(await service.exited, { code: 0, signal: null });
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} to the whole process group, as Ctrl-C sends it: workers drain all the same`, async (t) => {
      const service = await run(t, { WORKERS: '2' });
      const workers = await workersOf(service.url, 2);
      const slow = statusOf(`${service.url}/slow/1500`);
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (const pid of [...workers, service.pid]) sendSignal(pid, signal);
      assert.equal(await slow, 200);
      assert.deepEqual(await service.exited, { code: 0, signal: null });
    });
  }

  test('a killed worker is replaced; meanwhile the other serves', async (t) => {
    const service = await run(t, { WORKERS: '2' });
    const before = await workersOf(service.url, 2);
    const [victim] = before;
    assert.ok(victim !== undefined);
    sendSignal(victim, 'SIGKILL');
    let served = 0;
    await waitFor(
      async () => {
        const pid = await pidFrom(service.url);
        served += 1;
        return !before.has(pid);
      },
      { what: 'a new worker', timeoutMs: 20_000, intervalMs: 10 },
    );
    assert.ok(served > 0);
    assert.equal(await statusOf(`${service.management}/readyz`), 200);
  });

  test('a frozen worker fails neither the scrape nor the health page, which names it', async (t) => {
    const service = await run(t, { WORKERS: '2' });
    const [frozen] = await workersOf(service.url, 2);
    assert.ok(frozen !== undefined);
    sendSignal(frozen, 'SIGSTOP');
    t.after(() => void sendSignal(frozen, 'SIGCONT'));
    const startedAt = performance.now();
    assert.equal(await statusOf(`${service.management}/readyz`), 200);
    assert.ok(performance.now() - startedAt < 1_000, 'a probe need not wait for the frozen one');
    const health = await fetch(`${service.management}/health`, { signal: AbortSignal.timeout(5_000) });
    const report = (await health.json()) as { status: string; workers: { status: string; pid: number }[] };
    assert.equal(report.status, 'degraded');
    assert.equal(report.workers.find(({ pid }) => pid === frozen)?.status, 'down');
    sendSignal(frozen, 'SIGCONT');
  });

  test('workers that crash at boot are started ever more slowly', async (t) => {
    const service = await run(t, { WORKERS: '2', CRASH_AT_BOOT: 'true' }, /worker died/u);
    const deaths = () => service.lines.filter((line) => line.includes('worker died'));
    await waitFor(() => deaths().length >= 4, { what: 'four deaths', timeoutMs: 60_000 });
    const waitsMs = deaths().map((line) => (JSON.parse(line) as { waitMs: number }).waitMs);
    assert.ok(
      waitsMs.every((waitMs) => waitMs >= 250),
      String(waitsMs),
    );
    sendSignal(service.pid, 'SIGTERM');
    assert.equal((await service.exited).code, 0);
  });
});
