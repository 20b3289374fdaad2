import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Batch } from './batch.ts';

function doubling() {
  const asked: (readonly number[])[] = [];
  const batch = new Batch(async (numbers: readonly number[]) => {
    asked.push(numbers);
    if (numbers.includes(-1)) throw new RangeError('minus one');
    return numbers.map((number) => 2 * number);
  });
  return { asked, batch };
}

describe('Batch', () => {
  test('asks once for a turn of the loop, and gives each its own answer', async () => {
    const { asked, batch } = doubling();
    assert.deepEqual(await Promise.all([batch.ask(1), batch.ask(2), batch.ask(3)]), [2, 4, 6]);
    assert.equal(await batch.ask(4), 8);
    assert.deepEqual(asked, [[1, 2, 3], [4]]);
  });

  test('asks for at most 500 at a time; a fault of some is none of the others', async () => {
    const { asked, batch } = doubling();
    const answers = Array.from({ length: 501 }, (_, index) => batch.ask(index === 500 ? -1 : index));
    const outcomes = await Promise.allSettled(answers);
    assert.deepEqual(
      asked.map(({ length }) => length),
      [500, 1],
    );
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 500);
    assert.equal(outcomes[500]?.status, 'rejected');
  });
});
