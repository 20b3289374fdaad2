import assert from 'node:assert/strict';
import { test } from 'node:test';

import { pickHost } from './balancer.ts';

const hosts = (...inFlight: number[]) => inFlight.map((count) => ({ inFlight: count }));

test('picks the less busy of two different hosts', () => {
  const [busy, idle] = hosts(5, 0);
  for (let round = 0; round < 20; round += 1) {
    assert.equal(pickHost([busy, idle].flatMap((host) => host ?? [])), idle);
  }
});

test('never compares a host with itself, so the busiest is never picked', () => {
  const all = hosts(1, 2, 9);
  const picked = new Set<number | undefined>();
  for (let first = 0; first < 1; first += 0.1) {
    for (let second = 0; second < 1; second += 0.1) {
      const draws = [first, second];
      picked.add(pickHost(all, () => draws.shift() ?? 0)?.inFlight);
    }
  }
  assert.deepEqual([...picked].sort(), [1, 2]);
});

test('takes the only host, and nothing of nothing', () => {
  assert.equal(pickHost(hosts(3))?.inFlight, 3);
  assert.equal(pickHost(hosts()), undefined);
});
