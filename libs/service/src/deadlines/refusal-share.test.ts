import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RefusalShare } from './refusal-share.ts';

describe('the share of requests that may be refused', () => {
  const count = (share: RefusalShare, requests: number, isDue = true) =>
    Array.from({ length: requests }, () => share.mayRefuse(isDue)).filter((refused) => refused).length;

  test('is a fifth, also when all of them should be', () => {
    const share = new RefusalShare(() => 0);
    assert.equal(count(share, 4), 0);
    assert.equal(count(share, 1), 1);
    assert.equal(count(share, 995), 199);
  });

  test('what need not be refused is not, and makes room', () => {
    const share = new RefusalShare(() => 0);
    assert.equal(count(share, 80, false), 0);
    assert.equal(count(share, 20), 20);
    assert.equal(count(share, 4), 0);
  });

  test('at each refusal, holds of the ten seconds before it', () => {
    let nowMs = 123_456;
    const share = new RefusalShare(() => nowMs);
    const history: { readonly atMs: number; readonly refused: boolean }[] = [];
    for (let step = 0; step < 4_000; step += 1) {
      nowMs += 10 + (step % 7);
      // Minutes of calm, and bursts in which everything is late.
      history.push({ atMs: nowMs, refused: share.mayRefuse(step % 500 > 350) });
    }
    for (const [end, { atMs: untilMs, refused: isRefused }] of history.entries()) {
      if (!isRefused) continue;
      // They are counted in whole seconds.
      const recent = history
        .slice(0, end + 1)
        .filter(({ atMs }) => Math.floor(untilMs / 1_000) - Math.floor(atMs / 1_000) < 10);
      const refused = recent.filter((each) => each.refused).length;
      assert.ok(refused <= 0.2 * recent.length, `${refused} of ${recent.length}`);
    }
    assert.ok(history.some(({ refused }) => refused));
  });

  test('what was long ago does not count', () => {
    let nowMs = 0;
    const share = new RefusalShare(() => nowMs);
    assert.equal(count(share, 1_000, false), 0);
    nowMs = 9_999;
    assert.equal(count(share, 1), 1);
    nowMs = 3_600_000;
    assert.equal(count(share, 4), 0);
    assert.equal(count(share, 1), 1);
  });
});
