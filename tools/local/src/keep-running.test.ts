import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { sendSignal, startProcess, waitFor, type ManagedProcess } from '@ganitagya/testing';
import { Keeper, type Part } from './keep-running.ts';

interface TestPart extends Part {
  pid(): number;
  readonly starts: number;
}

/** A real process that runs `script` once it has said that it is ready; `script` may depend on the start's number. */
function part(t: TestContext, name: string, script: (start: number) => string): TestPart {
  let running: ManagedProcess | undefined;
  let starts = 0;
  const stop = async () => {
    if (running?.isRunning() !== true) return;
    sendSignal(running.pid, 'SIGKILL');
    await running.exited;
  };
  t.after(stop);
  return {
    name,
    get starts() {
      return starts;
    },
    pid: () => running?.pid ?? 0,
    async start() {
      starts += 1;
      running = await startProcess({
        name,
        command: process.execPath,
        args: ['-e', script(starts)],
        cwd: import.meta.dirname,
        readyWhen: /ready/u,
        readyTimeoutMs: 20_000,
        exitSignal: 'SIGKILL',
      });
    },
    exited: async () => (running === undefined ? { code: null, signal: null } : running.exited),
    stop,
  };
}

const STAYS = 'console.log("ready"); setInterval(() => undefined, 1000);';
const DIES = 'console.log("ready"); setTimeout(() => process.exit(3), 20);';
const NEVER_READY = 'process.exit(4);';

function keeperFor(t: TestContext) {
  const lines: string[] = [];
  const givenUp: string[] = [];
  const keeper = new Keeper(
    (line) => void lines.push(line),
    ({ name }) => void givenUp.push(name),
  );
  t.after(() => keeper.stop());
  return { keeper, lines, givenUp };
}

describe('Keeper', () => {
  test('starts a part again that was killed, and says so', async (t) => {
    const { keeper, lines, givenUp } = keeperFor(t);
    const server = part(t, 'server', () => STAYS);
    await keeper.start(server);
    const first = server.pid();
    sendSignal(first, 'SIGKILL');
    await waitFor(() => lines.includes('server is back'), { what: 'the restart', timeoutMs: 20_000 });
    assert.notEqual(server.pid(), first);
    assert.match(String(lines[0]), /^server died \(SIGKILL\); starting it again in \d+ ms$/u);
    assert.deepEqual(givenUp, []);
  });

  test('gives a part up that keeps dying, after ever longer pauses, once', async (t) => {
    const { keeper, lines, givenUp } = keeperFor(t);
    const server = part(t, 'server', () => DIES);
    await keeper.start(server);
    await waitFor(() => givenUp.length > 0, { what: 'giving up', timeoutMs: 60_000 });
    assert.deepEqual(givenUp, ['server']);
    assert.equal(server.starts, 6);
    const pausesMs = lines
      .flatMap((line) => /died \(code 3\).* in (\d+) ms/u.exec(line)?.[1] ?? [])
      .map(Number);
    assert.equal(pausesMs.length, 5);
    assert.ok(Math.max(...pausesMs.slice(2)) > (pausesMs[0] ?? Infinity), String(pausesMs));
  });

  test('a start that fails is one more death, not the end', async (t) => {
    const { keeper, lines, givenUp } = keeperFor(t);
    const server = part(t, 'server', (start) => (start === 2 ? NEVER_READY : STAYS));
    await keeper.start(server);
    sendSignal(server.pid(), 'SIGKILL');
    await waitFor(() => lines.includes('server is back') || givenUp.length > 0, {
      what: 'the restart',
      timeoutMs: 20_000,
    });
    assert.deepEqual(givenUp, []);
    assert.equal(server.starts, 3);
  });

  test('a first start that fails is the caller’s to handle', async (t) => {
    const { keeper, givenUp } = keeperFor(t);
    await assert.rejects(keeper.start(part(t, 'server', () => NEVER_READY)), /server ended at its start/u);
    assert.deepEqual(givenUp, []);
  });

  test('stops the latest group first, passes over what cannot be stopped, and starts nothing again', async (t) => {
    const { keeper, lines } = keeperFor(t);
    const stopped: string[] = [];
    const noting = (server: TestPart): Part => ({
      ...server,
      name: server.name,
      stop: async () => {
        await server.stop();
        stopped.push(server.name);
        if (server.name === 'stubborn') throw new Error('no');
      },
    });
    const servers = ['database', 'stubborn', 'edge'].map((name) => part(t, name, () => STAYS));
    for (const server of servers) await keeper.start(noting(server));
    await keeper.stop();
    assert.deepEqual(stopped, ['edge', 'stubborn', 'database']);
    assert.deepEqual(lines, ['stubborn did not stop: Error: no']);
    assert.deepEqual(
      servers.map(({ starts }) => starts),
      [1, 1, 1],
    );
  });
});
