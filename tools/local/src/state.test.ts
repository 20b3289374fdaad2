import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { State, type RunFile } from './state.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'state-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const run = (pid: number): RunFile => ({
  pid,
  url: 'http://127.0.0.1:8080',
  postgres: { adminUrl: '', primary: '', replicas: [] },
  redis: undefined,
  management: {},
  env: {},
});

describe('State', () => {
  test('makes its secrets once, all different, for the eyes of the owner', (t) => {
    const path = folder(t);
    const secrets = new State(path).secrets();
    assert.deepEqual(new State(path).secrets(), secrets);
    const all = [secrets.keyEncryption, secrets.demoPassword, ...Object.values(secrets.databasePasswords)];
    assert.equal(new Set(all).size, 8);
    assert.ok(secrets.keyEncryption.length >= 32);
    assert.equal(statSync(join(path, 'secrets.json')).mode & 0o777, 0o600);
  });

  test('remembers what was done with which inputs', (t) => {
    const path = folder(t);
    new State(path).markDone('content', 'a');
    new State(path).markDone('migrate', 'b');
    const state = new State(path);
    assert.equal(state.isDone('content', 'a'), true);
    assert.equal(state.isDone('content', 'b'), false);
    assert.equal(state.isDone('other', 'a'), false);
  });

  test('something runs while its process lives', (t) => {
    const state = new State(folder(t));
    assert.equal(state.running(), undefined);
    state.writeRun(run(process.pid));
    assert.equal(state.running()?.pid, process.pid);
    state.writeRun(run(2 ** 22 + 1));
    assert.equal(state.running(), undefined);
    state.removeRun();
    state.removeRun();
    assert.equal(state.running(), undefined);
  });
});
