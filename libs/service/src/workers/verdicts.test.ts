import assert from 'node:assert/strict';
import { totalmem } from 'node:os';
import { describe, test } from 'node:test';
import { EarlyDeaths } from './early-deaths.ts';
import { answersSince, failsMore } from './failure-share.ts';
import type { Beat } from './heartbeat.ts';
import { memoryShare, MemoryWatch } from './memory-watch.ts';
import { RestartDelay } from './restart-delay.ts';

const beat: Beat = {
  isReady: true,
  rssBytes: 100,
  heapUsedBytes: 50,
  heapMaxBytes: 100,
  lagMs: 0,
  inFlight: 0,
  answered: 0,
  failed: 0,
  node: 'v24',
  version: '1.0.0',
};

describe('memory', () => {
  test('is shared out from what the container may have, else from what the machine has', () => {
    assert.equal(memoryShare(4, 1_000), 212.5);
    assert.equal(memoryShare(1, 0), totalmem() * 0.85);
    assert.equal(memoryShare(1, 2 ** 64), totalmem() * 0.85);
  });

  test('is too much after a time above the bound without a break, be it all or the heap', () => {
    const watch = new MemoryWatch(200);
    watch.add({ ...beat, rssBytes: 201 }, 1_000);
    assert.ok(!watch.isAboveSince(999));
    assert.ok(watch.isAboveSince(1_000));
    watch.add(beat, 2_000);
    assert.ok(!watch.isAboveSince(1_000));
    watch.add({ ...beat, heapUsedBytes: 91 }, 3_000);
    watch.add({ ...beat, rssBytes: 201 }, 4_000);
    assert.ok(watch.isAboveSince(3_000));
  });
});

describe('failures', () => {
  test('of new workers must be over twice the share of the old ones and five', () => {
    const old = { answered: 1_000, failed: 20 };
    assert.ok(!failsMore({ answered: 100, failed: 5 }, old));
    assert.ok(failsMore({ answered: 100, failed: 6 }, old));
    assert.ok(!failsMore({ answered: 4, failed: 4 }, old));
    assert.ok(failsMore({ answered: 5, failed: 5 }, { answered: 0, failed: 0 }));
    assert.ok(!failsMore({ answered: 1_000, failed: 10 }, { answered: 1_000, failed: 0 }));
  });

  test('are counted from one beat to the other; a worker that never beat has answered nothing', () => {
    const before = { ...beat, answered: 10, failed: 1 };
    assert.deepEqual(answersSince(before, { ...beat, answered: 30, failed: 4 }), { answered: 20, failed: 3 });
    assert.deepEqual(answersSince(undefined, undefined), { answered: 0, failed: 0 });
  });
});

test('early deaths are hopeless at three a worker within a minute', () => {
  const deaths = new EarlyDeaths(2);
  for (let at = 0; at < 5; at += 1) deaths.add(at * 1_000);
  assert.ok(!deaths.isHopeless(5_000));
  deaths.add(5_000);
  assert.ok(deaths.isHopeless(5_000));
  assert.ok(!deaths.isHopeless(60_001));
  assert.equal(deaths.count(200_000), 0);
});

test('who lived long is started again at once; who dies young waits ever longer', () => {
  const delay = new RestartDelay(10_000);
  assert.equal(delay.next(10_000), 0);
  const waits = Array.from({ length: 200 }, () => delay.next(9_999));
  assert.ok(waits.every((wait) => wait >= 250 && wait <= 30_000));
  assert.ok(Math.max(...waits) > 10_000);
  assert.equal(delay.next(10_000), 0);
  assert.ok(delay.next(1) <= 750, 'a long life starts over');
});
