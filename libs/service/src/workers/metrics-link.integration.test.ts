import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort, sendSignal, startProcess, waitFor, type ManagedProcess } from '@ganitagya/testing';
import type { TestContext } from 'node:test';

const MAIN = fileURLToPath(new URL('../fixtures/echo-main.ts', import.meta.url));

interface Group {
  readonly process: ManagedProcess;
  /** Sends so many requests to whichever worker takes them, and tells who did. */
  ask(count: number): Promise<number[]>;
  /** Sends requests on one connection, one behind the other, and gives all that was answered until it closed. */
  askInOneGo(paths: readonly string[]): Promise<string>;
  scrape(): Promise<string>;
}

async function startGroup(t: TestContext): Promise<Group> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const process_ = await startProcess({
    name: 'echo',
    command: process.execPath,
    args: [MAIN],
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      PORT: String(port),
      MANAGEMENT_PORT: String(managementPort),
      WORKERS: '2',
    },
    readyWhen: /"msg":"listening"/u,
    readyTimeoutMs: 30_000,
    exitSignal: 'SIGKILL',
  });
  t.after(async () => {
    if (process_.isRunning()) sendSignal(process_.pid, 'SIGKILL');
    await process_.exited;
  });
  const pid = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/pid`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(10_000),
    });
    return ((await answer.json()) as { pid: number }).pid;
  };
  return {
    process: process_,
    async ask(count) {
      const pids: number[] = [];
      for (let i = 0; i < count; i += 1) pids.push(await pid());
      return pids;
    },
    async askInOneGo(paths) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: echo\r\n\r\n`).join(''));
      return text(socket);
    },
    async scrape() {
      const url = `http://127.0.0.1:${managementPort}/metrics`;
      return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text();
    },
  };
}

/** All that were answered on the route that `ask` asks. */
function countedIn(exposition: string): number {
  const line = /^http_request_duration_seconds_count\{[^}]*route="\/pid"[^}]*\} (\d+)$/mu.exec(exposition);
  return Number(line?.[1] ?? 0);
}

const agesIn = (exposition: string) =>
  [...exposition.matchAll(/^metrics_snapshot_age_seconds\{[^}]*\} ([\d.]+)$/gmu)].map(([, age]) =>
    Number(age),
  );

describe('totals of a group', () => {
  for (const [signal, what] of [
    ['SIGTERM', 'stops'],
    ['SIGKILL', 'is killed'],
  ] as const) {
    test(`are the same before and after a worker ${what}, and no scrape in between shows less`, async (t) => {
      const group = await startGroup(t);
      const pids = await group.ask(100);
      await waitFor(async () => countedIn(await group.scrape()) === 100, { what: 'all requests counted' });
      const [victim] = pids;
      assert.ok(victim !== undefined);
      // Of a worker that stops in order, even what it counted at the very end.
      const late = signal === 'SIGTERM' ? await group.ask(20) : [];
      sendSignal(victim, signal);
      let isReplaced = false;
      const lowest: number[] = [];
      await waitFor(
        async () => {
          lowest.push(countedIn(await group.scrape()));
          isReplaced ||= agesIn(await group.scrape()).length === 2 && !isRunning(victim);
          return isReplaced;
        },
        { what: 'another worker', timeoutMs: 30_000, intervalMs: 10 },
      );
      assert.ok(Math.min(...lowest) >= 100, String(lowest));
      await waitFor(async () => countedIn(await group.scrape()) === 100 + late.length, {
        what: 'the same total',
      });
      const more = await group.ask(10);
      await waitFor(async () => countedIn(await group.scrape()) === 100 + late.length + more.length, {
        what: 'the requests since',
      });
      await waitFor(async () => (await group.ask(1)).some((pid) => !pids.includes(pid)), {
        what: 'an answer of the new worker',
        timeoutMs: 30_000,
      });
      await waitFor(async () => agesIn(await group.scrape()).length === 2, { what: 'an end of the old one' });
    });
  }

  test('know every request that a worker answered before it crashed', async (t) => {
    const group = await startGroup(t);
    const answers = await group.askInOneGo([...Array<string>(20).fill('/pid'), '/crash']);
    const answered = answers.match(/"pid":/gu)?.length ?? 0;
    assert.ok(answered > 0);
    await waitFor(async () => countedIn(await group.scrape()) === answered, { what: 'every request' });
  });

  test('are there at once while a worker is frozen, with what it counted, and tell how old that is', async (t) => {
    const group = await startGroup(t);
    const pids = await group.ask(60);
    await waitFor(async () => countedIn(await group.scrape()) === 60, { what: 'all requests counted' });
    const [frozen] = pids;
    assert.ok(frozen !== undefined);
    sendSignal(frozen, 'SIGSTOP');
    t.after(() => void sendSignal(frozen, 'SIGCONT'));
    await waitFor(async () => Math.max(...agesIn(await group.scrape())) > 2, {
      what: 'an old snapshot',
      timeoutMs: 30_000,
    });
    const startedAt = performance.now();
    const exposition = await group.scrape();
    assert.ok(performance.now() - startedAt < 500, 'nobody waits for it');
    assert.equal(countedIn(exposition), 60);
    assert.ok(Math.min(...agesIn(exposition)) < 2);
    sendSignal(frozen, 'SIGCONT');
    await waitFor(async () => Math.max(...agesIn(await group.scrape())) < 2, { what: 'a new snapshot' });
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
