import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HashQueueFullError } from './hash-queue.errors.ts';
import { HashQueue } from './hash-queue.ts';

const patient = { waitMaxMs: 60_000 };

/** A job that ends when told to. */
function heldJob(): {
  readonly job: () => Promise<string>;
  readonly end: () => void;
  readonly started: () => boolean;
} {
  const { promise, resolve } = Promise.withResolvers<string>();
  let hasStarted = false;
  return {
    job: () => {
      hasStarted = true;
      return promise;
    },
    end: () => resolve('done'),
    started: () => hasStarted,
  };
}

describe('HashQueue', () => {
  it('never runs more jobs at once than its concurrency', async () => {
    const queue = new HashQueue({ concurrency: 2, queueMax: 64, ...patient });
    let running = 0;
    let runningMax = 0;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        queue.run(async () => {
          running += 1;
          runningMax = Math.max(runningMax, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
        }),
      ),
    );
    assert.equal(runningMax, 2);
    assert.equal(queue.running, 0);
    assert.equal(queue.waiting, 0);
  });

  it('runs waiting jobs in order of arrival', async () => {
    const queue = new HashQueue({ concurrency: 1, queueMax: 64, ...patient });
    const order: number[] = [];
    await Promise.all([0, 1, 2, 3, 4].map((number) => queue.run(async () => order.push(number))));
    assert.deepEqual(order, [0, 1, 2, 3, 4]);
  });

  it('refuses at once when the queue is full, and takes jobs again when there is room', async () => {
    const queue = new HashQueue({ concurrency: 1, queueMax: 1, ...patient });
    const held = heldJob();
    const first = queue.run(held.job);
    const second = queue.run(async () => 'second');
    assert.equal(queue.isFull, true);
    const refused = heldJob();
    await assert.rejects(queue.run(refused.job), (error) => {
      assert.ok(error instanceof HashQueueFullError);
      assert.equal(error.reason, 'full');
      return true;
    });
    assert.equal(refused.started(), false);
    held.end();
    assert.deepEqual(await Promise.all([first, second]), ['done', 'second']);
    assert.equal(queue.isFull, false);
    assert.equal(await queue.run(async () => 'third'), 'third');
  });

  it('refuses a job that waited too long, and never runs it', async () => {
    const queue = new HashQueue({ concurrency: 1, queueMax: 8, waitMaxMs: 20 });
    const held = heldJob();
    const first = queue.run(held.job);
    const late = heldJob();
    await assert.rejects(queue.run(late.job), (error) => {
      assert.ok(error instanceof HashQueueFullError);
      assert.equal(error.reason, 'waited');
      return true;
    });
    assert.equal(queue.waiting, 0);
    held.end();
    await first;
    assert.equal(late.started(), false);
    assert.equal(queue.running, 0);
  });

  it('gives the place of a failed job to the next one', async () => {
    const queue = new HashQueue({ concurrency: 1, queueMax: 8, ...patient });
    const failed = queue.run(async () => {
      throw new Error('no memory');
    });
    const next = queue.run(async () => 'next');
    await assert.rejects(failed, /no memory/);
    assert.equal(await next, 'next');
    assert.equal(queue.running, 0);
  });
});
