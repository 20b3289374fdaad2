import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPolicies, RetryBudget } from '../index.ts';

function setUp(options: { share?: number; min?: number } = {}) {
  const time = { now: 0 };
  const budget = new RetryBudget({ ...options, clock: () => time.now });
  const call = (times: number) => {
    for (let i = 0; i < times; i += 1) budget.noteCall();
  };
  const takeAll = () => {
    let taken = 0;
    while (budget.take()) taken += 1;
    return taken;
  };
  return { budget, call, takeAll, time };
}

test('a quiet client has three extra attempts in ten seconds', () => {
  const { call, takeAll, time } = setUp();
  call(1);
  assert.equal(takeAll(), 3);
  time.now += 9_999;
  assert.equal(takeAll(), 0);
  time.now += 1;
  assert.equal(takeAll(), 3);
});

test('a busy one has a fifth of its calls', () => {
  const { call, takeAll } = setUp();
  call(100);
  assert.equal(takeAll(), 20);
  call(10);
  assert.equal(takeAll(), 2);
});

test('what had to be done anyway leaves less for the rest', () => {
  const { budget, call, takeAll } = setUp();
  call(100);
  for (let i = 0; i < 15; i += 1) budget.overdraw();
  assert.equal(budget.left, 5);
  assert.equal(takeAll(), 5);
  budget.overdraw();
  assert.equal(budget.left, 0);
});

test('senseless numbers are refused', () => {
  assert.throws(() => new RetryBudget({ share: 1.5 }), RangeError);
  assert.throws(() => new RetryBudget({ share: Number.NaN }), RangeError);
  assert.throws(() => new RetryBudget({ min: 0.5 }), RangeError);
});

test('a dependency that fails every call is asked 1.2 times as often, however many attempts are allowed', async () => {
  const policies = createPolicies({ it: { retry: { attempts: 4, baseMs: 0, maxMs: 0 } } });
  let sent = 0;
  let exhausted = 0;
  policies.events.on('exhausted', () => (exhausted += 1));
  for (let i = 0; i < 500; i += 1) {
    const call = policies.execute('it', () => {
      sent += 1;
      throw new Error('down');
    });
    await assert.rejects(call, /down/);
  }
  assert.ok(sent >= 590 && sent <= 600, `${sent} attempts of 500 calls`);
  assert.ok(exhausted >= 400, `${exhausted} calls ended without their retries`);
});

test('rows that share a budget share its attempts', async () => {
  const budget = new RetryBudget({ share: 0, min: 2 });
  const row = { retry: { attempts: 3, baseMs: 0, maxMs: 0, budget } };
  const policies = createPolicies({ one: row, other: row });
  let sent = 0;
  const fail = () => {
    sent += 1;
    throw new Error('down');
  };
  await assert.rejects(policies.execute('one', fail), /down/);
  await assert.rejects(policies.execute('other', fail), /down/);
  assert.equal(sent, 4);
});
