import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Priority } from './priority.ts';
import { RecordedEntrant } from './testing/recorded-entrant.ts';
import { WaitingLine } from './waiting-line.ts';

const waiterOf = (priority: Priority, since = 0) => ({
  entrant: new RecordedEntrant(priority),
  since,
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

test('tells who has waited for as long as those of its rank may', () => {
  const line = new WaitingLine();
  const [patient, late] = [waiterOf('critical'), waiterOf('background')];
  line.add(patient, 10);
  line.add(late, 10);
  const patienceMs = (rank: number) => (rank === 0 ? 200 : 100);
  assert.equal(line.takeExpired(99, patienceMs), undefined);
  assert.equal(line.takeExpired(100, patienceMs), late);
  assert.equal(line.takeExpired(100, patienceMs), undefined);
  assert.equal(line.size, 1);
  assert.equal(line.takeExpired(200, patienceMs), patient);
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
