import assert from 'node:assert/strict';
import { test } from 'node:test';

import { WalHistory } from './wal-history.ts';

test('a replica is as old as the last position of the primary that it holds', () => {
  const history = new WalHistory();
  for (const [position, atMs] of [
    [100n, 1_000],
    [200n, 1_200],
    [300n, 1_400],
  ] as const)
    history.add(position, atMs);
  assert.equal(history.freshAtMs(300n), 1_400);
  assert.equal(history.freshAtMs(299n), 1_200);
  assert.equal(history.freshAtMs(200n), 1_200);
  assert.equal(history.freshAtMs(99n), undefined);
});

test('an idle primary keeps its replicas young', () => {
  const history = new WalHistory();
  for (let atMs = 0; atMs <= 3_600_000; atMs += 1_000) history.add(100n, atMs);
  assert.equal(history.freshAtMs(100n), 3_600_000);
  history.add(101n, 3_600_200);
  assert.equal(history.freshAtMs(100n), 3_600_000);
});

test('remembers a bounded number of positions, and nothing of another timeline', () => {
  const history = new WalHistory();
  for (let step = 0; step < 10_000; step += 1) history.add(BigInt(step), step);
  assert.equal(history.freshAtMs(9_399n), undefined);
  assert.equal(history.freshAtMs(9_400n), 9_400);
  history.add(50n, 10_001);
  assert.equal(history.freshAtMs(49n), undefined);
  assert.equal(history.freshAtMs(9_999n), 10_001);
});
