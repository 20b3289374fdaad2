import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createPolicies, isCircuitOpen } from '../index.ts';
import type { BreakerOptions } from '../index.ts';

const fail = () => Promise.reject(new Error('down'));

function setUp(t: TestContext, breaker: BreakerOptions = {}) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const policies = createPolicies({ it: { breaker, timeoutMs: 5_000 } });
  const states: string[] = [];
  policies.events.on('state', ({ from, to }) => states.push(`${from} > ${to}`));
  const failTimes = async (times: number) => {
    for (let i = 0; i < times; i++) await assert.rejects(policies.execute('it', fail), /down/);
  };
  return {
    states,
    failTimes,
    policies,
    tick: (ms: number) => t.mock.timers.tick(ms),
    execute: policies.execute.bind(policies, 'it'),
    state: () => policies.states().it,
  };
}

test('defaults: 5 consecutive failures open for 30 s, 3 successes close', async (t) => {
  const { execute, failTimes, state, states, tick } = setUp(t);
  await failTimes(4);
  await execute(() => 'one success starts the count again');
  await failTimes(4);
  assert.equal(state(), 'closed');
  await failTimes(1);
  assert.equal(state(), 'open');

  tick(29_999);
  await assert.rejects(execute(fail), (error) => isCircuitOpen(error) && error.retryAfterMs === 1);
  tick(1);
  for (const expected of ['half-open', 'half-open', 'closed']) {
    await execute(() => 'well');
    assert.equal(state(), expected);
  }
  assert.deepEqual(states, ['closed > open', 'open > half-open', 'half-open > closed']);
});

test('an open circuit runs nothing and tells of each refusal', async (t) => {
  const { execute, failTimes, policies } = setUp(t, { failures: 1 });
  await failTimes(1);
  const reasons: string[] = [];
  policies.events.on('rejected', ({ reason }) => reasons.push(reason));
  await assert.rejects(
    execute(() => assert.fail('must not run')),
    isCircuitOpen,
  );
  assert.deepEqual(reasons, ['circuit_open']);
});

test('half-open refuses surplus callers at once: 100 callers, 3 probes, 97 refused', async (t) => {
  const { execute, failTimes, state, tick } = setUp(t);
  await failTimes(5);
  tick(30_000);
  let ran = 0;
  let refused = 0;
  const probes = Promise.withResolvers<string>();
  const calls = Array.from({ length: 100 }, () =>
    execute(() => {
      ran++;
      return probes.promise;
    }).catch((error: unknown) => {
      assert.ok(isCircuitOpen(error));
      refused++;
      return 'refused';
    }),
  );
  await new Promise<void>((resolve) => setImmediate(resolve));
  assert.deepEqual({ ran, refused }, { ran: 3, refused: 97 });
  probes.resolve('well');
  await Promise.all(calls);
  assert.equal(state(), 'closed');
});

test('one failed probe opens again for the whole time', async (t) => {
  const { execute, failTimes, state, tick } = setUp(t);
  await failTimes(5);
  tick(30_000);
  await execute(() => 'well');
  await failTimes(1);
  assert.equal(state(), 'open');
  tick(29_999);
  await assert.rejects(execute(fail), isCircuitOpen);
});

test('a probe that hangs is ended by the time-out and opens again', async (t) => {
  const { execute, failTimes, state, tick } = setUp(t);
  await failTimes(5);
  tick(30_000);
  const probe = execute(() => new Promise(() => undefined));
  tick(5_000);
  await assert.rejects(probe);
  assert.equal(state(), 'open');
});

test('a probe whose caller hangs up does not close the circuit', async (t) => {
  const { execute, failTimes, state, tick } = setUp(t, { successesToClose: 1 });
  await failTimes(5);
  tick(30_000);
  const controller = new AbortController();
  const probe = execute(() => new Promise(() => undefined), { signal: controller.signal });
  controller.abort(new Error('hung up'));
  await assert.rejects(probe, /hung up/);
  assert.equal(state(), 'open');
});

test('results that began before the circuit opened are ignored', async (t) => {
  const { execute, failTimes, state, tick } = setUp(t);
  const stale = [Promise.withResolvers<string>(), Promise.withResolvers<string>()] as const;
  const calls = stale.map(({ promise }) => execute(() => promise));
  await failTimes(5);
  tick(30_000);
  await execute(() => 'well');
  stale[0].reject(new Error('stale'));
  stale[1].resolve('stale');
  await Promise.allSettled(calls);
  assert.equal(state(), 'half-open');
  await execute(() => 'well');
  assert.equal(state(), 'half-open', 'the stale success must not count as a probe');
});

test('errors outside `on` prove the dependency alive', async (t) => {
  const { execute, failTimes, state } = setUp(t, {
    failures: 2,
    on: (error) => !(error instanceof TypeError),
  });
  await failTimes(1);
  await assert.rejects(
    execute(() => Promise.reject(new TypeError('not found'))),
    TypeError,
  );
  await failTimes(1);
  assert.equal(state(), 'closed');
  await failTimes(1);
  assert.equal(state(), 'open');
});

test('slow answers open the circuit when they are half of the last twenty, and are still given', async (t) => {
  const { execute, state } = setUp(t, { slow: { overMs: 100 } });
  const answerAfter = (ms: number) => async () => {
    elapse(ms);
    return ms;
  };
  let now = 0;
  const elapse = (ms: number) => (now += ms);
  t.mock.method(performance, 'now', () => now);

  for (let i = 0; i < 10; i++) assert.equal(await execute(answerAfter(5)), 5);
  for (let i = 0; i < 9; i++) assert.equal(await execute(answerAfter(200)), 200);
  assert.equal(state(), 'closed', 'nine of nineteen');
  assert.equal(await execute(answerAfter(200)), 200);
  assert.equal(state(), 'open', 'ten of twenty');
});

test('a slow probe opens the circuit again; quick ones close it and the count begins anew', async (t) => {
  const { execute, failTimes, state, tick } = setUp(t, { failures: 1, slow: { overMs: 100, calls: 4 } });
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const slow = () => {
    now += 200;
  };
  await failTimes(1);
  tick(30_000);
  await execute(slow);
  assert.equal(state(), 'open');
  tick(30_000);
  for (let i = 0; i < 3; i++) await execute(() => undefined);
  assert.equal(state(), 'closed');
  for (let i = 0; i < 3; i++) await execute(slow);
  assert.equal(state(), 'closed', 'the window is not full');
  await execute(slow);
  assert.equal(state(), 'open');
});
