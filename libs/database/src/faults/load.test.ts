import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { waitFor } from '../testing/bench-parts.ts';
import { Load } from './load.ts';

describe('load', () => {
  test('comes at its rate although nothing is answered, and ends when everything is', async () => {
    const due: number[] = [];
    const answers: (() => void)[] = [];
    const load = new Load({
      perSecond: 200,
      inFlightMax: 1_000,
      request: (dueMs) => {
        due.push(dueMs);
        return new Promise((resolve) => answers.push(resolve));
      },
    });
    await waitFor(() => due.length >= 50);
    const stopped = load.stop();
    const sent = due.length;
    for (const [index, dueMs] of due.entries()) {
      assert.ok(Math.abs(dueMs - (due[0] ?? 0) - 5 * index) < 1e-6);
    }
    for (const answer of answers) answer();
    await stopped;
    assert.equal(due.length, sent);
    assert.equal(load.clipped, 0);
  });

  test('says what it could not send', async () => {
    const answers: (() => void)[] = [];
    const load = new Load({
      perSecond: 1_000,
      inFlightMax: 2,
      request: () => new Promise((resolve) => answers.push(resolve)),
    });
    await waitFor(() => load.clipped > 3);
    assert.equal(answers.length, 2);
    for (const answer of answers) answer();
    await load.stop();
  });
});
