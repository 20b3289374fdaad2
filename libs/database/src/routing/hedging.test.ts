import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';

import { Hedging, LOST } from './hedging.ts';

const after = (ms: number, value: string) => (signal: AbortSignal) => sleep(ms, value, { signal });

test('an answer in time is asked for once', async () => {
  const hedging = new Hedging(0.05);
  const answer = await hedging.run({
    first: after(1, 'first'),
    second: () => assert.fail('asked twice'),
    signal: undefined,
  });
  assert.equal(answer, 'first');
});

test('the faster of two wins, and the other one is ended', async () => {
  const hedging = new Hedging(0.05);
  let lost: unknown;
  const answer = await hedging.run({
    first: (signal) => {
      signal.addEventListener('abort', () => {
        lost = signal.reason as unknown;
      });
      return sleep(20_000, 'first', { signal });
    },
    second: () => after(1, 'second'),
    signal: undefined,
  });
  assert.equal(answer, 'second');
  assert.equal(lost, LOST);
});

test('no more than the share is asked twice, beside the three of any ten seconds', async () => {
  const hedging = new Hedging(0.05);
  let seconds = 0;
  for (let read = 0; read < 16; read += 1) {
    const delayMs = hedging.delayMs;
    await hedging.run({
      first: after(delayMs + 5, 'first'),
      second: () => {
        seconds += 1;
        return after(0, 'second');
      },
      signal: undefined,
    });
  }
  assert.equal(seconds, 3);
});

test('nothing is asked twice while reads have to be tried elsewhere', async () => {
  const hedging = new Hedging(0.05);
  for (let i = 0; i < 3; i += 1) hedging.noteRetry();
  const answer = await hedging.run({
    first: after(hedging.delayMs + 5, 'first'),
    second: () => assert.fail('asked twice'),
    signal: undefined,
  });
  assert.equal(answer, 'first');
});

test('one that fails is no answer while the other may still come', async () => {
  const hedging = new Hedging(0.05);
  const failing = async (signal: AbortSignal) => {
    await sleep(60, undefined, { signal });
    throw new Error('first failed');
  };
  assert.equal(
    await hedging.run({ first: failing, second: () => after(30, 'second'), signal: undefined }),
    'second',
  );
  const alsoFailing = () => () => Promise.reject(new Error('second failed'));
  await assert.rejects(
    hedging.run({ first: failing, second: alsoFailing, signal: undefined }),
    /first failed/,
  );
});
