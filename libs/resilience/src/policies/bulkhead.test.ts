import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPolicies, isBulkheadFull } from '../index.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('runs so many, queues so many, refuses the rest at once, and serves in order', async () => {
  const policies = createPolicies({ it: { bulkhead: { concurrent: 2, queue: 2 } } });
  const reasons: string[] = [];
  policies.events.on('rejected', ({ reason }) => reasons.push(reason));
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<undefined>());
  const started: number[] = [];
  const calls = gates.map((gate, index) =>
    policies.execute('it', () => {
      started.push(index);
      return gate.promise;
    }),
  );
  await assert.rejects(
    policies.execute('it', () => 'fifth'),
    isBulkheadFull,
  );
  assert.deepEqual(started, [0, 1]);
  assert.deepEqual(reasons, ['bulkhead_full']);

  gates[1]?.resolve(undefined);
  await settle();
  assert.deepEqual(started, [0, 1, 2]);
  for (const gate of gates) gate.resolve(undefined);
  await Promise.all(calls);
  assert.deepEqual(started, [0, 1, 2, 3]);
});

test('an aborted waiter leaves at once and gives its place away', async () => {
  const policies = createPolicies({ it: { bulkhead: { concurrent: 1, queue: 1 } } });
  const gate = Promise.withResolvers<string>();
  const running = policies.execute('it', () => gate.promise);
  const controller = new AbortController();
  const waiting = policies.execute('it', () => assert.fail('must not run'), { signal: controller.signal });
  controller.abort(new Error('hung up'));
  await assert.rejects(waiting, /hung up/);
  const next = policies.execute('it', () => 'next');
  gate.resolve('first');
  assert.deepEqual(await Promise.all([running, next]), ['first', 'next']);
});

test('a failing call gives its slot back', async () => {
  const policies = createPolicies({ it: { bulkhead: { concurrent: 1, queue: 0 } } });
  await assert.rejects(policies.execute('it', () => Promise.reject(new Error('down'))));
  assert.equal(await policies.execute('it', () => 'free'), 'free');
});
