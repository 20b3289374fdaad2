import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { waitFor } from '@ganitagya/testing';

import { AnswerWatch } from './answer-watch.ts';

type Item = { name: string; waitingSinceMs: number | undefined };

const LIMIT_MS = 60;

function setUp() {
  const items = new Set<Item>();
  const late: { name: string; afterMs: number }[] = [];
  const watch = new AnswerWatch<Item>({
    items,
    deadlineMs: () => LIMIT_MS,
    onLate: ({ name, waitingSinceMs = NaN }) => {
      late.push({ name, afterMs: performance.now() - waitingSinceMs });
    },
  });
  const begin = (name: string) => {
    const item: Item = { name, waitingSinceMs: performance.now() };
    items.add(item);
    watch.begin();
    return item;
  };
  return { watch, late, begin };
}

test('who is answered in time is not late, who is not is: each at his own time, again and again', async (t) => {
  const { watch, late, begin } = setUp();
  t.after(() => watch.end());
  const answered = begin('answered');
  const first = begin('first');
  await sleep(LIMIT_MS / 2);
  begin('second');
  answered.waitingSinceMs = undefined;
  await waitFor(() => late.some(({ name }) => name === 'second'));
  first.waitingSinceMs = undefined;
  await waitFor(() => late.filter(({ name }) => name === 'second').length === 2);
  assert.ok(!late.some(({ name }) => name === 'answered'));
  assert.ok(late.every(({ afterMs }) => afterMs >= LIMIT_MS));
});

test('nobody is late after the end', async () => {
  const { watch, late, begin } = setUp();
  begin('late');
  watch.end();
  await sleep(2 * LIMIT_MS);
  assert.deepEqual(late, []);
});
