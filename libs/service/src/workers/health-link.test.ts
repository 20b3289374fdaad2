import assert from 'node:assert/strict';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { askHealth } from './health-link.ts';

const WORKER = fileURLToPath(new URL('../fixtures/answering-worker.ts', import.meta.url));

test('asks a worker; one that is dead before anybody noticed, or fails to answer, is no answer', async (t) => {
  cluster.setupPrimary({ exec: WORKER });
  const worker = cluster.fork();
  t.after(() => worker.process.kill('SIGKILL'));
  await once(worker, 'message');
  assert.deepEqual(await askHealth(worker), { status: 'up' });
  assert.equal(await askHealth(worker), undefined);
  assert.deepEqual(await askHealth(worker), { status: 'up' });

  const exited = once(worker, 'exit');
  worker.process.kill('SIGKILL');
  // Within this turn the process dies, but the loop has not yet heard of it.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  assert.ok(worker.isConnected());
  assert.equal(await askHealth(worker), undefined);
  await exited;
});
