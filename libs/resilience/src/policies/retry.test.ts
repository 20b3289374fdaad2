import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoff, createPolicies, sleep } from '../index.ts';

const fail = () => Promise.reject(new Error('down'));
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('attempts are calls in total', async () => {
  const policies = createPolicies({ it: { retry: { attempts: 3, baseMs: 0, maxMs: 0 } } });
  let calls = 0;
  const work = () => {
    calls++;
    return fail();
  };
  await assert.rejects(policies.execute('it', work), /down/);
  assert.equal(calls, 3);
});

test('an error outside `on` is not tried again', async () => {
  const policies = createPolicies({ it: { retry: { attempts: 3, baseMs: 0, on: () => false } } });
  let calls = 0;
  const work = () => {
    calls++;
    return fail();
  };
  await assert.rejects(policies.execute('it', work), /down/);
  assert.equal(calls, 1);
});

test('an abort during the pause ends the call at once and runs no further attempt', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const policies = createPolicies({ it: { retry: { attempts: 5, baseMs: 60_000, maxMs: 60_000 } } });
  const controller = new AbortController();
  let calls = 0;
  const work = () => {
    calls++;
    return fail();
  };
  const call = policies.execute('it', work, { signal: controller.signal });
  await settle();
  controller.abort(new Error('hung up'));
  await assert.rejects(call, /hung up/);
  t.mock.timers.tick(600_000);
  await settle();
  assert.equal(calls, 1);
});

test('the pause is what the event says', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const policies = createPolicies({ it: { retry: { attempts: 2, baseMs: 100, maxMs: 10_000 } } });
  const delays: number[] = [];
  policies.events.on('retry', ({ delayMs }) => delays.push(delayMs));
  let calls = 0;
  const call = policies.execute('it', () => (++calls === 1 ? fail() : 'well'));
  await settle();
  const [delayMs = 0] = delays;
  assert.ok(delayMs >= 100 && delayMs <= 300, `first pause ${delayMs}`);
  t.mock.timers.tick(delayMs - 1);
  await settle();
  assert.equal(calls, 1);
  t.mock.timers.tick(1);
  assert.equal(await call, 'well');
});

test('backoff stays in its bounds, is jittered, grows and starts over', () => {
  const pauses = backoff({ baseMs: 100, maxMs: 5_000 });
  const firsts = Array.from({ length: 200 }, () => {
    pauses.reset();
    return pauses.next();
  });
  assert.ok(firsts.every((ms) => ms >= 100 && ms <= 300));
  assert.ok(new Set(firsts).size > 20, 'two processes must not pause alike');
  const run = Array.from({ length: 500 }, () => pauses.next());
  assert.ok(run.every((ms) => ms >= 100 && ms <= 5_000));
  assert.ok(Math.max(...run) > 1_000, 'pauses grow');
  assert.throws(() => backoff({ baseMs: 10, maxMs: 5 }), RangeError);
});

test('sleep refuses an aborted signal and leaves no listener', async () => {
  await assert.rejects(sleep(60_000, AbortSignal.abort(new Error('early'))), /early/);
  await sleep(0, new AbortController().signal);
});
