import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Gate } from './gate.ts';

const createGate = (overrides: Partial<ConstructorParameters<typeof Gate>[0]> = {}) =>
  new Gate({
    permits: 1,
    waitersMax: 2,
    timeoutMs: 10_000,
    refuse: (message) => new Error(`refused: ${message}`),
    ...overrides,
  });

test('lets waiters in one after the other, in their order', async () => {
  const gate = createGate();
  await gate.enter();
  const order: string[] = [];
  const first = gate.enter().then(() => order.push('first'));
  const second = gate.enter().then(() => order.push('second'));
  assert.equal(gate.waiting, 2);
  gate.leave();
  await first;
  gate.leave();
  await second;
  assert.deepEqual(order, ['first', 'second']);
  gate.leave();
  assert.equal(gate.used, 0);
});

test('refuses at once when enough wait already', async () => {
  const gate = createGate({ waitersMax: 0 });
  await gate.enter();
  await assert.rejects(gate.enter(), /refused: 0 callers wait already/);
});

test('refuses a waiter after the timeout and forgets it', async () => {
  const gate = createGate({ timeoutMs: 5 });
  await gate.enter();
  await assert.rejects(gate.enter(), /refused: no connection within 5 ms/);
  assert.equal(gate.waiting, 0);
  gate.leave();
  await gate.enter();
});

test('an aborted waiter leaves nothing behind', async () => {
  const gate = createGate();
  await gate.enter();
  const abort = new AbortController();
  const waiting = gate.enter(abort.signal);
  abort.abort(new Error('gone'));
  await assert.rejects(waiting, /gone/);
  assert.equal(gate.waiting, 0);
  gate.leave();
  assert.equal(gate.used, 0);
  await assert.rejects(gate.enter(abort.signal), /gone/);
});

test('a closed gate refuses waiters and newcomers', async () => {
  const gate = createGate();
  await gate.enter();
  const waiting = gate.enter();
  gate.close(new Error('closed'));
  await assert.rejects(waiting, /closed/);
  await assert.rejects(gate.enter(), /closed/);
});

test('who waits can be turned away, and newcomers wait again', async () => {
  const gate = createGate();
  await gate.enter();
  const turnedAway = assert.rejects(gate.enter(), /ejected/);
  gate.turnAway(new Error('ejected'));
  await turnedAway;
  const waiting = gate.enter();
  gate.leave();
  await waiting;
  assert.equal(gate.used, 1);
});
