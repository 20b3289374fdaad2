import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort, sendSignal, startProcess, waitFor } from '@ganitagya/testing';
import { openLoad, type Outcome } from './testing/open-load.ts';

const MAIN = fileURLToPath(new URL('../fixtures/busy-main.ts', import.meta.url));
const MIX = { '/answers': 0.15, '/lessons': 0.45, '/searches': 0.25, '/questions': 0.15 };
const TICKS_PER_SECOND = 100;

interface OverloadReport {
  readonly level: number;
  readonly inFlight: number;
  readonly queued: number;
}

async function startBusy(t: TestContext) {
  const [port, managementPort] = [await freePort(), await freePort()];
  const process_ = await startProcess({
    name: 'busy',
    command: process.execPath,
    args: [MAIN],
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      PORT: String(port),
      MANAGEMENT_PORT: String(managementPort),
      TRUST_PROXY: '127.0.0.1',
      LOG_LEVEL: 'warn',
    },
    readyWhen: /ready/u,
    readyTimeoutMs: 30_000,
    exitSignal: 'SIGKILL',
  });
  t.after(async () => {
    if (process_.isRunning()) sendSignal(process_.pid, 'SIGKILL');
    await process_.exited;
  });
  const managed = async (path: string) => fetch(`http://127.0.0.1:${managementPort}${path}`);
  return {
    url: `http://127.0.0.1:${port}`,
    overload: async () =>
      ((await (await managed('/health')).json()) as { overload: OverloadReport }).overload,
    livez: async () => (await managed('/livez')).status,
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${process_.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
  };
}

/** What it answers in time when nobody has to wait in line. */
async function capacityOf(url: string): Promise<number> {
  const secondsToMeasure = 2;
  const until = performance.now() + secondsToMeasure * 1_000;
  let answered = 0;
  const client = async () => {
    while (performance.now() < until) {
      const { status } = await fetch(`${url}/answers`);
      if (status === 200) answered += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  return answered / secondsToMeasure;
}

const quantile = (outcomes: readonly Outcome[], share: number) => {
  const times = outcomes.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return times[Math.floor((times.length - 1) * share)] ?? NaN;
};

for (const keepAlive of [true, false]) {
  const clients = keepAlive ? 'over connections that stay open' : 'each with a connection of its own';
  test(`at three times what it can do, ${clients}: the important are answered, the others refused at once`, async (t) => {
    const busy = await startBusy(t);
    await capacityOf(busy.url);
    const perSecond = 3 * (await capacityOf(busy.url));
    const ask = (durationMs: number) =>
      openLoad({ url: busy.url, mix: MIX, perSecond, durationMs, keepAlive, timeoutMs: 10_000 });
    await ask(2_000);
    const live = waitFor(async () => (await busy.livez()) === 200, { what: 'the answer to a probe' });
    const outcomes = await ask(4_000);
    await live;
    const of = (status: number) => outcomes.filter((outcome) => outcome.status === status);
    const shareOf = (path: string) => {
      const asked = outcomes.filter((outcome) => outcome.path === path);
      return asked.filter(({ status }) => status === 200).length / asked.length;
    };
    t.diagnostic(
      `${perSecond.toFixed(0)}/s asked; answered by priority: ${Object.keys(MIX)
        .map((path) => `${(100 * shareOf(path)).toFixed(1)} %`)
        .join(', ')}; ` +
        `answers p99 ${quantile(of(200), 0.99).toFixed(0)} ms, refusals p50 ${quantile(of(503), 0.5).toFixed(0)} ms, p99 ${quantile(of(503), 0.99).toFixed(0)} ms`,
    );
    assert.equal(of(200).length + of(503).length, outcomes.length);
    // On a quiet machine it is 99.9 %; this one may have little time for us now and then.
    assert.ok(shareOf('/answers') > 0.8, `${shareOf('/answers')} of the most important`);
    assert.ok(shareOf('/answers') > shareOf('/lessons') + 0.2, 'the most important first');
    assert.ok(shareOf('/lessons') > shareOf('/searches'), 'then what is read');
    assert.ok(shareOf('/questions') < 0.05, `${shareOf('/questions')} of the least important`);
    assert.ok(quantile(of(503), 0.5) < 250, `refusals took ${quantile(of(503), 0.5)} ms`);
    for (const { headers, body } of of(503).slice(0, 50)) {
      assert.equal((JSON.parse(body) as { code: string }).code, 'service.overloaded');
      assert.match(String(headers['retry-after']), /^([1-9]|10)$/u);
      assert.equal(headers['x-not-started'], '1');
    }
    assert.ok(of(503).some(({ headers }) => Number(headers['x-load-level']) > 0));

    await waitFor(
      async () => {
        const { inFlight, queued } = await busy.overload();
        return inFlight === 0 && queued === 0;
      },
      { what: 'an empty house' },
    );
    const before = busy.cpuSeconds();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.ok(busy.cpuSeconds() - before < 0.1, 'an idle process is idle');
    const alone = await ask(0);
    assert.deepEqual(
      alone.map(({ status }) => status),
      [200],
    );
  });
}
