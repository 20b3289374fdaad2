import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode } from './codec.ts';
import { matrix } from './testing/values.ts';

for (const [name, value] of matrix) {
  test(`${name} survives`, () => {
    assert.deepEqual(decode(encode(value)), { value });
  });
}

test('a Buffer comes back as a Buffer, in memory of its own', () => {
  const chunk = Buffer.concat([encode({ body: Buffer.from('answer') }), Buffer.alloc(1_000_000)]);
  const bytes = chunk.subarray(0, chunk.length - 1_000_000);
  const { body } = decode(bytes)?.value as { body: Buffer };
  assert.ok(Buffer.isBuffer(body));
  assert.ok(body.buffer.byteLength < 1_000, 'must not hold on to the network chunk');
  chunk.fill(0);
  assert.equal(body.toString(), 'answer');
});

test('another wire version is not decoded', () => {
  const bytes = encode('value');
  bytes[0] = 99;
  assert.equal(decode(bytes), undefined);
});
