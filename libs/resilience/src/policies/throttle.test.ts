import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPolicies, isRefused, isThrottled, RefusedError } from '../index.ts';
import { createPolicyEvents } from './events.ts';
import { completeRow } from './table.ts';
import { Throttle } from './throttle.ts';

const never = new AbortController().signal;

function setUp() {
  const time = { now: 0 };
  const events = createPolicyEvents();
  const options = completeRow('it', { throttle: {} }).throttle;
  assert.ok(options);
  let seed = 11;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const throttle = new Throttle('it', options, events, () => time.now, random);
  /** A thousand calls a second against a dependency that takes `accepts` of them and treats the rest as `error`. */
  const run = async (seconds: number, accepts: number, error: () => Error) => {
    let [sent, heldBack] = [0, 0];
    for (let second = 0; second < seconds; second += 1) {
      let taken = 0;
      [sent, heldBack] = [0, 0];
      for (let i = 0; i < 1_000; i += 1, time.now += 1) {
        const work = () => {
          sent += 1;
          taken += 1;
          if (taken > accepts) throw error();
        };
        await throttle.execute(work, never).catch((reason: unknown) => {
          if (isThrottled(reason)) heldBack += 1;
        });
      }
    }
    return { sent, heldBack };
  };
  return { run, throttle, events };
}

const refusal = () => new RefusedError('it', 'overloaded');

test('of a dependency that takes a fifth, it is asked about two fifths', async () => {
  const { run } = setUp();
  const { sent, heldBack } = await run(30, 200, refusal);
  assert.ok(sent > 330 && sent < 480, `${sent} sent`);
  assert.equal(sent + heldBack, 1_000);
});

test('one that refuses everything still gets one call in ten', async () => {
  const { run } = setUp();
  const { sent } = await run(30, 0, refusal);
  assert.ok(sent > 70 && sent < 130, `${sent} sent`);
});

test('failures are no refusals', async () => {
  const { run } = setUp();
  const { sent } = await run(20, 0, () => new Error('broken'));
  assert.equal(sent, 1_000);
});

test('when it takes everything again, so do we within ten seconds', async () => {
  const { run } = setUp();
  await run(30, 0, refusal);
  const { heldBack } = await run(10, 1_000, refusal);
  assert.ok(heldBack < 20, `${heldBack} held back`);
});

test('a few calls are never held back', async () => {
  const { throttle } = setUp();
  for (let i = 0; i < 15; i += 1) {
    const call = throttle.execute(() => {
      throw refusal();
    }, never);
    await assert.rejects(call, isRefused);
  }
});

test('in a table: neither retried nor counted by the breaker, and told', async () => {
  const policies = createPolicies({
    it: {
      retry: { attempts: 3, baseMs: 0, maxMs: 0 },
      throttle: { callsMin: 1, shareMax: 0.99 },
      breaker: {},
    },
  });
  let exhaustedOrRetried = 0;
  const reasons = new Set<string>();
  policies.events.on('rejected', ({ reason }) => reasons.add(reason));
  for (let i = 0; i < 200; i += 1) {
    const call = policies.execute('it', () => {
      throw refusal();
    });
    await call.catch((error: unknown) => {
      if (!isThrottled(error) && !isRefused(error)) exhaustedOrRetried += 1;
    });
  }
  assert.deepEqual([...reasons], ['throttled']);
  assert.equal(exhaustedOrRetried, 0);
  assert.equal(policies.states().it, 'closed');
});

test('who says when to come back is not asked before, and not at all when that is too late', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const policies = createPolicies({ it: { retry: { attempts: 2, baseMs: 10, maxMs: 1_000 } } });
  let sent = 0;
  const refuse = (retryAfterMs: number) => () => {
    sent += 1;
    if (sent > 1) return 'well';
    throw new RefusedError('it', 'overloaded', retryAfterMs);
  };
  const patient = policies.execute('it', refuse(800));
  for (let i = 0; i < 10; i += 1) await Promise.resolve();
  t.mock.timers.tick(799);
  assert.equal(sent, 1);
  t.mock.timers.tick(1);
  assert.equal(await patient, 'well');

  sent = 0;
  await assert.rejects(policies.execute('it', refuse(1_001)), isRefused);
  assert.equal(sent, 1);
});
