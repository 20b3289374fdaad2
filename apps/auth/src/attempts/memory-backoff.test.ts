import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BACKOFF_MEMORY_MS, FREE_FAILURES } from './backoff-rule.ts';
import { MemoryBackoff } from './memory-backoff.ts';

/** A store whose clock stands still until it is moved. */
function storeAt(keysMax = 100) {
  const clock = { ms: 1_000_000 };
  const store = new MemoryBackoff({ keysMax, now: () => clock.ms });
  const fail = async (key: string, times: number) => {
    for (let time = 0; time < times; time += 1)
      assert.equal(await store.begin(key), 0, `failure ${time + 1}`);
  };
  return { clock, store, fail };
}

describe('MemoryBackoff', () => {
  it('lets five tries pass, then makes each wait twice as long as the one before', async () => {
    const { clock, store, fail } = storeAt();
    await fail('a', FREE_FAILURES);
    for (const waitMs of [1_000, 2_000, 4_000, 8_000]) {
      assert.equal(await store.begin('a'), waitMs);
      clock.ms += waitMs - 1;
      assert.equal(await store.begin('a'), 1);
      clock.ms += 1;
      assert.equal(await store.begin('a'), 0);
    }
  });

  it('counts a hundred tries at once as one after the other', async () => {
    const { store } = storeAt();
    const waits = await Promise.all(Array.from({ length: 100 }, () => store.begin('a')));
    assert.equal(waits.filter((waitMs) => waitMs === 0).length, FREE_FAILURES);
  });

  it('keeps keys apart', async () => {
    const { store, fail } = storeAt();
    await fail('a', FREE_FAILURES);
    assert.equal(await store.begin('b'), 0);
  });

  it('forgets all failures when cleared', async () => {
    const { store, fail } = storeAt();
    await fail('a', FREE_FAILURES);
    await store.clear('a');
    await fail('a', FREE_FAILURES);
  });

  it('forgets a try that was taken back, and its wait', async () => {
    const { store, fail } = storeAt();
    await fail('a', FREE_FAILURES);
    await store.takeBack('a');
    assert.equal(await store.begin('a'), 0);
    assert.equal(await store.begin('a'), 1_000);
  });

  it('makes room at once for a key whose only try was taken back', async () => {
    const { store, fail } = storeAt(2);
    await fail('a', FREE_FAILURES);
    for (const passing of ['b', 'c', 'd']) {
      await store.begin(passing);
      await store.takeBack(passing);
    }
    assert.equal(await store.begin('a'), 1_000);
  });

  it('forgets a key that has not failed for a day', async () => {
    const { clock, fail } = storeAt();
    await fail('a', FREE_FAILURES);
    clock.ms += BACKOFF_MEMORY_MS;
    await fail('a', FREE_FAILURES);
  });

  it('holds no more keys than it may', async () => {
    const { store, fail } = storeAt(2);
    await fail('a', FREE_FAILURES);
    await fail('b', FREE_FAILURES);
    await fail('c', 1);
    assert.equal(await store.begin('a'), 0);
    assert.equal(await store.begin('c'), 0);
  });
});
