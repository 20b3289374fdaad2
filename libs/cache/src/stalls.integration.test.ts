import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisForTest, waitFor } from '@ganitagya/testing';
import type { Cache } from './index.ts';
import { openProductionInstance } from './testing/instance.ts';

/** Keeps the event loop from doing anything else, and leaves the processor to others. */
function starve(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function watchCircuit(cache: Cache): string[] {
  const states: string[] = [];
  cache.events.on('circuit', ({ to }) => states.push(to));
  return states;
}

test('an event loop blocked for longer than the budget costs Redis no answer and opens no circuit', async (t) => {
  const server = await redisForTest(t);
  const { cache, redis } = await openProductionInstance(t, server.url);
  const states = watchCircuit(cache);
  await redis.set('plain', 'value');
  // So that the server knows the scripts: a first call takes two trips.
  await cache.getOrSet('first', () => 'loaded');
  await cache.getMany(['unknown'], () => new Map());
  await waitFor(() => redis.exists('cache:{test}:entry:first'));
  const errors: unknown[] = [];
  cache.events.on('tierError', (event) => errors.push(event));
  for (let i = 0; i < 5; i++) {
    const reads = [
      cache.getOrSet(`key ${i}`, () => 'loaded'),
      cache.getMany([`a ${i}`, `b ${i}`], () => new Map()),
    ];
    const plain = redis.get('plain');
    // What has been asked is on its way now; the answers come while nobody looks.
    await new Promise((resolve) => setImmediate(resolve));
    starve(300);
    await Promise.all(reads);
    assert.equal(await plain, 'value', 'nor does the connection give up a command');
  }
  assert.deepEqual(errors, []);
  assert.deepEqual(states, []);
});

test('a single stall of Redis costs its callers the budget, and ends with the late answer', async (t) => {
  const server = await redisForTest(t);
  t.after(() => server.thaw());
  const { cache } = await openProductionInstance(t, server.url);
  const states = watchCircuit(cache);
  server.freeze();
  await Promise.all(Array.from({ length: 50 }, (_, i) => cache.getOrSet(`key ${i}`, () => 'loaded')));
  assert.deepEqual(states, ['open']);
  server.thaw();
  // Nobody calls: no probe has closed it.
  await waitFor(() => states.length === 2);
  assert.deepEqual(states, ['open', 'closed']);
});

test('a frozen Redis costs one budget, whatever the number of callers, then nothing', async (t) => {
  const server = await redisForTest(t);
  t.after(() => server.thaw());
  const { cache } = await openProductionInstance(t, server.url);
  const states = watchCircuit(cache);
  server.freeze();
  const rounds: number[] = [];
  for (let round = 0; round < 6; round++) {
    const started = performance.now();
    await Promise.all(Array.from({ length: 50 }, (_, i) => cache.getOrSet(`${round} ${i}`, () => 'loaded')));
    rounds.push(performance.now() - started);
  }
  t.diagnostic(`rounds of 50 callers: ${rounds.map((ms) => `${ms.toFixed(0)} ms`).join(', ')}`);
  assert.equal(states[0], 'open');
  const [first = 0, ...later] = rounds;
  assert.ok(first >= 45, 'these waited');
  assert.equal(cache.stats().remoteErrors, 50);
  assert.ok(Math.min(...later) < 20, 'these did not');
});
