import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCache } from '../index.ts';
import { withOwnBytes } from './own-bytes.ts';

test('slices of the pool or of a chunk are copied, Buffers of their own are not', () => {
  const own = Buffer.allocUnsafeSlow(1_000);
  assert.equal(withOwnBytes(own), own);
  const value = { status: 200, body: own };
  assert.equal(withOwnBytes(value), value);
  const sliced = withOwnBytes({ status: 200, body: Buffer.alloc(1_000_000, 'x').subarray(0, 10) });
  assert.deepEqual(sliced, { status: 200, body: Buffer.from('xxxxxxxxxx') });
  assert.equal((sliced as { body: Buffer }).body.buffer.byteLength, 10);
});

test('what is kept does not hold on to the pool of Buffers', async () => {
  const cache = createCache({ namespace: 'test' });
  await cache.getOrSet('key', () => ({ body: Buffer.from('from the pool') }));
  const body = cache.peek<{ body: Buffer }>('key')?.body;
  assert.equal(body?.toString(), 'from the pool');
  assert.equal(body.buffer.byteLength, body.length);
});
