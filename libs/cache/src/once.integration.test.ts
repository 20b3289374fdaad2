import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { redisForTest, waitFor } from '@ganitagya/testing';
import { createRedis } from './index.ts';
import type { CrowdRequest, CrowdResult } from './testing/crowd.ts';

interface TestScope {
  after(stop: () => Promise<void>): void;
}

/** Another process, listening, whose callers all ask for one key. */
async function startCrowd(t: TestScope, url: string, settings: object = {}) {
  const child = fork(join(import.meta.dirname, 'testing/crowd.ts'), [url, JSON.stringify(settings)], {
    execPath: process.execPath,
  });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  });
  assert.deepEqual(await once(child, 'message'), ['listening', undefined]);
  return {
    child,
    ask: async (request: CrowdRequest): Promise<CrowdResult> => {
      child.send(request);
      const [result] = (await once(child, 'message')) as [CrowdResult];
      return result;
    },
  };
}

/** The processes, a connection to look at Redis with, and how often the load ran in all of them. */
async function setUp(t: TestScope & Parameters<typeof redisForTest>[0], settings: object = {}) {
  const server = await redisForTest(t);
  const admin = createRedis(server.url, { commandTimeoutMs: 5_000 });
  t.after(async () => admin.disconnect());
  const crowds = await Promise.all(Array.from({ length: 4 }, () => startCrowd(t, server.url, settings)));
  await waitFor(() => admin.status === 'ready');
  const loads = async () => Number((await admin.get('loads')) ?? 0);
  return { server, admin, crowds, loads };
}

const sum = (results: CrowdResult[], field: keyof CrowdResult['stats']) =>
  results.reduce((total, { stats }) => total + stats[field], 0);

/** How many scripts Redis has run. */
async function evalshas(admin: ReturnType<typeof createRedis>): Promise<number> {
  const stats = await admin.info('commandstats');
  return Number(/cmdstat_evalsha:calls=(\d+)/u.exec(stats)?.[1] ?? 0);
}

test('1,000 callers over 4 processes of a cold key make one load, and nobody polls', async (t) => {
  const { admin, crowds, loads } = await setUp(t);
  const before = await evalshas(admin);
  const started = performance.now();
  const results = await Promise.all(
    crowds.map(({ ask }) => ask({ key: 'cold', callers: 250, loadMs: 500, outcome: 'value' })),
  );
  const seconds = (performance.now() - started) / 1_000;
  assert.equal(await loads(), 1);
  for (const { values, errors } of results) assert.deepEqual({ values, errors }, { values: 250, errors: 0 });
  assert.equal(sum(results, 'leaseWaits'), 3);
  assert.equal(sum(results, 'leaseTimeouts'), 0);
  const calls = (await evalshas(admin)) - before;
  t.diagnostic(`${calls} scripts in ${seconds.toFixed(2)} s, heartbeats included`);
  const heartbeats = crowds.length * Math.ceil(seconds);
  assert.ok(calls <= 4 + 1 + 3 + heartbeats, `4 reads, a store, 3 reads of what arrived, not ${calls}`);
});

test('1,000 callers over 4 processes with a failing loader: each process tries once, one after the other', async (t) => {
  const { crowds, loads } = await setUp(t);
  const ask = () =>
    Promise.all(
      crowds.map((crowd) => crowd.ask({ key: 'broken', callers: 250, loadMs: 50, outcome: 'error' })),
    );
  const results = await ask();
  for (const { values, errors } of results) assert.deepEqual({ values, errors }, { values: 0, errors: 250 });
  assert.equal(await loads(), 4);
  assert.equal(sum(results, 'loadErrors'), 4);
  const again = await ask();
  assert.equal(sum(again, 'loadErrors'), await loads());
  assert.ok((await loads()) <= 8, 'at most once more in each process');
});

test('the holder of the lease is killed during its load: the others go on at their bound', async (t) => {
  const { admin, crowds, loads } = await setUp(t, { leaseWaitMs: 500 });
  const [holder, ...others] = crowds;
  holder?.child.send({ key: 'orphan', callers: 1, loadMs: 60_000, outcome: 'value' });
  await waitFor(async () => (await loads()) === 1);
  const started = performance.now();
  const waiting = Promise.all(
    others.map(({ ask }) => ask({ key: 'orphan', callers: 100, loadMs: 10, outcome: 'value' })),
  );
  await waitFor(async () => (await admin.hexists('cache:{crowd}:lease:entry:orphan', 'w')) === 1);
  holder?.child.kill('SIGKILL');
  const results = await waiting;
  const waitedMs = performance.now() - started;
  for (const { values } of results) assert.equal(values, 100);
  assert.ok(waitedMs < 5_000, `${waitedMs} ms`);
  assert.ok((await loads()) <= 1 + 3);
  // Whoever delivers ends the lease.
  await waitFor(async () => (await admin.exists('cache:{crowd}:lease:entry:orphan')) === 0);
});

test('what one process says does not exist, each of the others asks for itself, at once', async (t) => {
  const { crowds, loads } = await setUp(t);
  const results = await Promise.all(
    crowds.map(({ ask }) => ask({ key: 'unknown', callers: 250, loadMs: 100, outcome: 'nothing' })),
  );
  for (const { values } of results) assert.equal(values, 250);
  assert.ok((await loads()) <= 4);
  assert.equal(sum(results, 'leaseTimeouts'), 0);
});
