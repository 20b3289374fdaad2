import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Catalogue } from './catalogue.ts';
import { BUILT_IN, type Knowledge } from './knowledge.ts';

const MINUTE_MS = 60_000;

/** A catalogue over a clock that is moved by hand, and the answers that its readings wait for. */
function setUp() {
  const time = { now: 0 };
  const readings: PromiseWithResolvers<Knowledge>[] = [];
  const catalogue = new Catalogue(
    () => {
      const reading = Promise.withResolvers<Knowledge>();
      readings.push(reading);
      return reading.promise;
    },
    () => time.now,
  );
  return { time, readings, catalogue };
}

const known = (): Knowledge => ({ ...BUILT_IN });

describe('the catalogue', () => {
  test('is read once, at the first question, and until then the built-in list counts', async () => {
    const { readings, catalogue } = setUp();
    assert.equal(readings.length, 0);
    assert.equal(catalogue.knowledge, BUILT_IN);
    assert.equal(catalogue.knowledge, BUILT_IN);
    assert.equal(readings.length, 1);
    const knowledge = known();
    readings[0]?.resolve(knowledge);
    await catalogue.refresh();
    assert.equal(catalogue.knowledge, knowledge);
    assert.equal(readings.length, 1);
  });

  test('goes on with what is known while it is read again after five minutes', async () => {
    const { time, readings, catalogue } = setUp();
    const old = known();
    const first = catalogue.refresh();
    readings[0]?.resolve(old);
    await first;
    time.now += 5 * MINUTE_MS;
    assert.equal(catalogue.knowledge, old);
    assert.equal(readings.length, 2);
  });

  test('forgets at once when the schema changes, and an answer from before does not count', async () => {
    const { time, readings, catalogue } = setUp();
    const first = catalogue.refresh();
    catalogue.expire();
    readings[0]?.resolve(known());
    await first;
    assert.equal(catalogue.knowledge, BUILT_IN);
    assert.equal(readings.length, 1, 'at most once a second');
    time.now += 1_000;
    assert.equal(catalogue.knowledge, BUILT_IN);
    assert.equal(readings.length, 2);
  });

  test('tries again a second after a failure', async () => {
    const { time, readings, catalogue } = setUp();
    const first = catalogue.refresh();
    readings[0]?.reject(new Error('no host'));
    await first;
    assert.equal(catalogue.knowledge, BUILT_IN);
    assert.equal(readings.length, 1);
    time.now += 1_000;
    assert.equal(catalogue.knowledge, BUILT_IN);
    assert.equal(readings.length, 2);
  });
});
