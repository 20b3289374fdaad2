import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAdmission } from './admission.ts';
import { createGate } from './testing/gate.ts';

const NARROW = { limit: { initial: 1, min: 1, max: 1 } };

test('who finds a slot is inside at once; the others wait, the most important first', () => {
  const { admission, enter, turn } = createGate(NARROW);
  const [first, background, critical, reading] = [
    enter('reading'),
    enter('background'),
    enter('critical'),
    enter('reading'),
  ];
  assert.deepEqual([first.waitedMs, admission.inFlight, admission.queued], [0, 1, 3]);
  for (const [leaving, entering] of [
    [first, critical],
    [critical, reading],
    [reading, background],
  ] as const) {
    admission.leave(leaving, 'done');
    assert.equal(entering.fate, 'waits');
    turn(10);
    assert.equal(entering.fate, 'inside');
  }
  assert.deepEqual([critical.waitedMs, background.waitedMs], [10, 30]);
  assert.equal(admission.queued, 0);
});

test('a slot is free at the end of the turn only, so that work which never waits is limited too', () => {
  const { admission, enter, turn } = createGate({ limit: { initial: 3, min: 3, max: 3 } });
  const ask = () => {
    const entrant = enter('reading');
    if (entrant.fate === 'inside') admission.leave(entrant, 'done');
    return entrant.fate;
  };
  assert.deepEqual(Array.from({ length: 5 }, ask), ['inside', 'inside', 'inside', 'waits', 'waits']);
  turn(1);
  assert.equal(admission.queued, 0);
});

test('a crowd may wait for half a second while the loop has idle times, and no turn need end meanwhile', () => {
  const { enter, pass, timers } = createGate(NARROW);
  enter('reading');
  const waiting = enter('reading');
  pass(500);
  assert.equal(waiting.fate, 'waits');
  pass(6);
  assert.equal(waiting.fate, 'waited_too_long');
  pass(10);
  assert.equal(timers(), 0, 'nobody waits, nothing is planned');
});

test('a loop that is always busy lets nobody wait for more than 75 ms, the less important for half of it', () => {
  for (const [priority, patienceMs] of [
    ['critical', 75],
    ['reading', 37.5],
  ] as const) {
    const { admission, enter, pass, turn } = createGate(NARROW);
    enter('reading');
    for (let i = 0; i < 50; i++) turn(100);
    assert.equal(admission.level, 0);
    const waiting = enter(priority);
    pass(patienceMs);
    assert.equal(waiting.fate, 'waits');
    pass(6);
    assert.equal(waiting.fate, 'waited_too_long');
  }
});

test('a slot that comes free while no turn is noted is found by those who wait', () => {
  const { admission, enter, pass } = createGate(NARROW);
  const first = enter('reading');
  const waiting = enter('reading');
  admission.leave(first, 'dropped');
  pass(6);
  assert.equal(waiting.fate, 'inside');
});

test('the line is bounded; who is more important takes the place of the last of the least', () => {
  const { enter } = createGate({ ...NARROW, queue: { size: 2 } });
  enter('critical');
  const [reading, browsing] = [enter('reading'), enter('browsing')];
  assert.equal(enter('browsing').fate, 'queue_full');
  const critical = enter('critical');
  assert.deepEqual([reading.fate, browsing.fate, critical.fate], ['waits', 'queue_full', 'waits']);
});

test('without a line, the reason is the limit', () => {
  const { enter } = createGate({ ...NARROW, queue: { size: 0 } });
  enter('reading');
  assert.equal(enter('critical').fate, 'limit');
});

test('who cancels hears nothing more, and its place is free', () => {
  const { admission, enter, turn } = createGate(NARROW);
  const first = enter('reading');
  const [gone, next] = [enter('reading'), enter('reading')];
  admission.cancel(gone);
  admission.cancel(gone);
  admission.cancel(first);
  admission.leave(first, 'done');
  turn(1);
  assert.deepEqual([gone.fate, next.fate, admission.inFlight], ['waits', 'inside', 1]);
});

test('a hundred that finish at once are let in one after the other, not one inside the other', () => {
  const { admission, enter, turn } = createGate({ limit: { initial: 1, min: 1, max: 1 } });
  let [depth, depthMax] = [0, 0];
  const first = enter('reading');
  for (let i = 0; i < 100; i++) {
    const entrant: { readonly fate: string } & Parameters<typeof admission.leave>[0] = enter(
      'critical',
      0,
      () => {
        depthMax = Math.max(depthMax, ++depth);
        admission.leave(entrant, 'done');
        admission.noteTurn(0.1);
        depth--;
      },
    );
  }
  admission.leave(first, 'done');
  turn(1);
  assert.equal(depthMax, 1);
});

test('under overload a level stands, announced by an event; the most important are inside', () => {
  const { admission, enter, leaveAll, turn } = createGate();
  const levels: number[] = [];
  admission.events.on('level', ({ to }) => levels.push(to));
  // Ten requests a turn, of which one is critical; each computes for 12 ms.
  for (let i = 0; i < 2_000; i++) {
    enter('critical');
    for (let n = 0; n < 9; n++) enter('browsing', (n * 13 + i) % 128);
    turn(Math.max(1, 12 * leaveAll()));
  }
  assert.ok(admission.level > 128 && admission.level <= 256, `level ${admission.level}`);
  assert.equal(levels.at(-1), admission.level);
  const { admitted, refused } = admission.stats();
  assert.ok(refused.browsing.level > refused.browsing.queue_full + refused.browsing.waited_too_long);
  assert.ok(admitted.critical >= 1_990, JSON.stringify({ admitted, refused }));
});

test('who finds no slot while the loop has idle times raises no level: a class less would not help', () => {
  const { admission, enter, pass, turn } = createGate({ ...NARROW, queue: { size: 0 } });
  enter('critical');
  for (let i = 0; i < 50; i++) {
    for (let n = 0; n < 20; n++) assert.equal(enter('background', n).fate, 'limit');
    pass(99);
    turn(1);
  }
  assert.equal(admission.level, 0);
});

test('an old level does not outlive a pause of the traffic', () => {
  const { admission, enter, pass, turn } = createGate({ ...NARROW, queue: { size: 0 } });
  enter('critical');
  for (let i = 0; i < 100; i++) {
    for (let n = 0; n < 20; n++) enter('background', n);
    turn(100);
  }
  assert.ok(admission.level > 0);
  pass(60_000);
  assert.notEqual(enter('background').fate, 'level');
  assert.equal(admission.level, 0);
});

test('a level does not fall within a long turn, of which nothing is known yet', () => {
  const { admission, enter, pass, turn } = createGate({ ...NARROW, queue: { size: 0 } });
  enter('critical');
  const ask = () => {
    for (let n = 0; n < 20; n++) enter('background', n);
  };
  for (let i = 0; i < 100; i++) {
    ask();
    turn(100);
  }
  const { level } = admission;
  assert.ok(level > 0);
  pass(300);
  ask();
  assert.equal(admission.level, level);
});

test('the pause before another try is 1 to 2 s in a crowd', () => {
  for (const [random, retryAfterMs] of [
    [0, 1_000],
    [0.999, 1_999],
  ] as const) {
    const { enter } = createGate({ ...NARROW, queue: { size: 0 }, random: () => random });
    enter('reading');
    assert.equal(enter('reading').refusal?.retryAfterMs, retryAfterMs);
  }
});

test('counts are by priority, and a copy', () => {
  const { admission, enter } = createGate({ ...NARROW, queue: { size: 1 } });
  enter('reading');
  enter('browsing');
  enter('critical');
  const stats = admission.stats();
  enter('background');
  assert.deepEqual(stats.admitted, { critical: 0, reading: 1, browsing: 0, background: 0 });
  assert.deepEqual(stats.queued, { critical: 1, reading: 0, browsing: 1, background: 0 });
  assert.equal(stats.refused.browsing.queue_full, 1);
  assert.equal(stats.refused.background.queue_full, 0);
});

test('bounds that make no sense are refused', () => {
  for (const options of [
    { limit: { min: 0 } },
    { limit: { min: 8, max: 4 } },
    { limit: { initial: 2_000 } },
    { queue: { size: -1 } },
    { queue: { waitMs: NaN } },
  ]) {
    assert.throws(() => createAdmission(options), RangeError);
  }
});
