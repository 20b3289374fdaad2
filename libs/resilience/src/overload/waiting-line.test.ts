import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Priority } from './priority.ts';
import { RecordedEntrant } from './testing/recorded-entrant.ts';
import { WaitingLine } from './waiting-line.ts';

const waiterOf = (priority: Priority, until = 100) => ({
  entrant: new RecordedEntrant(priority),
  since: 0,
  until,
});

test('serves the more important lane first, each lane in order of arrival', () => {
  const line = new WaitingLine();
  const waiters = (['browsing', 'reading', 'critical', 'reading'] as const).map((priority) =>
    waiterOf(priority),
  );
  for (const waiter of waiters) assert.equal(line.add(waiter, 10), undefined);
  assert.equal(line.size, 4);
  const [browsing, reading, critical, secondReading] = waiters;
  for (const expected of [critical, reading, secondReading, browsing, undefined]) {
    assert.equal(line.takeNext(), expected);
  }
  assert.equal(line.size, 0);
});

test('a full line gives way to the more important only, and stays as long', () => {
  const line = new WaitingLine();
  const [first, second] = [waiterOf('browsing'), waiterOf('browsing')];
  line.add(first, 2);
  line.add(second, 2);
  const equal = waiterOf('browsing');
  assert.equal(line.add(equal, 2), equal);
  assert.equal(line.add(waiterOf('reading'), 2), second, 'the newest of the least important');
  assert.equal(line.size, 2);
});

test('tells who has waited long enough, in any lane', () => {
  const line = new WaitingLine();
  const [patient, late] = [waiterOf('critical', 200), waiterOf('background', 100)];
  line.add(patient, 10);
  line.add(late, 10);
  assert.equal(line.takeExpired(99), undefined);
  assert.equal(line.takeExpired(100), late);
  assert.equal(line.takeExpired(100), undefined);
  assert.equal(line.size, 1);
});

test('who is removed is never called', () => {
  const line = new WaitingLine();
  const waiter = waiterOf('reading');
  line.add(waiter, 10);
  line.remove(waiterOf('reading').entrant);
  assert.equal(line.size, 1);
  line.remove(waiter.entrant);
  assert.equal(line.size, 0);
  assert.equal(line.takeNext(), undefined);
});
