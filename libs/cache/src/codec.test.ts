import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { createCodec } from './codec.ts';
import type { ReadyAnswer } from './codec/ready-answer.ts';
import { matrix } from './testing/values.ts';

const { encode, decode } = createCodec();

const answer: ReadyAnswer = {
  status: 200,
  headers: { etag: '"गणित"', 'content-type': 'application/json; charset=utf-8' },
  body: Buffer.from('{"title":"गणित"}'),
};

/** The bytes in the middle of much else, as they come from the network. */
function inChunk(bytes: Buffer): { readonly chunk: Buffer; readonly part: Buffer } {
  const chunk = Buffer.concat([Buffer.alloc(500_000), bytes, Buffer.alloc(500_000)]);
  return { chunk, part: chunk.subarray(500_000, 500_000 + bytes.length) };
}

for (const [name, value] of matrix) {
  test(`${name} survives`, () => assert.deepEqual(decode(encode(value)), { value }));
}

for (const length of [0, 100, 5_000, 100_000]) {
  for (const [how, body] of [
    ['repetitive', Buffer.alloc(length, 'x² ')],
    ['random', crypto.getRandomValues(Buffer.alloc(Math.min(length, 65_536)))],
  ] as const) {
    for (const [what, value] of [
      ['a ready answer', { ...answer, body }],
      ['a Buffer', body],
      ['a nested Buffer', { deep: { body } }],
    ] as const) {
      test(`${what} of ${length} ${how} bytes survives, in memory of its own`, () => {
        const { chunk, part } = inChunk(encode(value));
        const decoded = decode(part)?.value as typeof value;
        chunk.fill(0);
        assert.deepEqual(decoded, value);
        const bytes = Buffer.isBuffer(decoded)
          ? decoded
          : 'deep' in decoded
            ? decoded.deep.body
            : decoded.body;
        assert.ok(Buffer.isBuffer(bytes));
        assert.ok(
          bytes.buffer.byteLength <= bytes.length + 4_096,
          'must not hold on to the chunk or the pool',
        );
      });
    }
  }
}

test('the body of a ready answer goes over the wire as it is', () => {
  assert.ok(encode(answer).subarray(-answer.body.length).equals(answer.body));
});

test('what only looks like a ready answer loses nothing', () => {
  const lookAlikes: unknown[] = [
    { ...answer, tags: ['course:1'] },
    { ...answer, headers: { etag: 1 } },
    { ...answer, headers: { lone: '\ud800' } },
    { ...answer, headers: new Map([['etag', 'x']]) },
    { ...answer, headers: { etag: undefined } },
    { ...answer, status: Number.NaN },
    { ...answer, status: '200' },
    { ...answer, body: 'text' },
    { ...answer, body: new Uint8Array(3) },
    { headers: {}, body: answer.body },
  ];
  for (const value of lookAlikes) assert.deepEqual(decode(encode(value))?.value, value);
  const headers = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
  assert.deepEqual(decode(encode({ ...answer, headers }))?.value, { ...answer, headers });
});

test('what gets clearly smaller is compressed, small and random values are not', () => {
  const text = 'The sum of the roots is -b/a. '.repeat(200);
  assert.ok(encode(text).length < text.length / 5);
  const random = crypto.getRandomValues(Buffer.alloc(10_000));
  assert.equal(encode(random).length, random.length + 2);
  assert.equal(encode('x'.repeat(2_000)).length > 2_000, true);
});

test('bytes that would decompress to more than they say, or to too much, are refused', () => {
  const bomb = zstdCompressSync(Buffer.alloc(50_000_000));
  const saying = (length: number) => {
    const head = Buffer.from([3, 2 | 0x80, 0, 0, 0, 0]);
    head.writeUInt32LE(length, 2);
    return Buffer.concat([head, bomb]);
  };
  const before = process.memoryUsage().rss;
  assert.throws(() => decode(saying(5_000)), { code: 'ERR_BUFFER_TOO_LARGE' });
  assert.throws(() => decode(saying(0)), { code: 'ERR_BUFFER_TOO_LARGE' });
  assert.throws(() => decode(saying(50_000_000)), RangeError);
  assert.throws(() => decode(saying(0xffff_ffff)), RangeError);
  assert.ok(process.memoryUsage().rss - before < 30_000_000);
});

test('broken bytes throw, they never become another value', () => {
  const frames = [encode(answer), encode({ ...answer, body: Buffer.alloc(9_000) }), encode({ id: 1 })];
  for (const frame of frames) {
    for (let length = 3; length < frame.length - answer.body.length; length++) {
      const cut = frame.subarray(0, length);
      let decoded: unknown;
      try {
        decoded = decode(cut)?.value;
      } catch {
        continue;
      }
      assert.fail(`${length} of ${frame.length} bytes gave ${JSON.stringify(decoded)}`);
    }
  }
});

test('another version, kind or serialiser is not decoded', () => {
  const bytes = encode('value');
  assert.equal(decode(Buffer.alloc(0)), undefined);
  assert.equal(decode(Buffer.from([99, ...bytes.subarray(1)])), undefined);
  assert.equal(decode(Buffer.from([3, 17, ...bytes.subarray(2)])), undefined);
});

test('a serialiser of one’s own takes all but answers and Buffers, and is told apart from others', () => {
  const json = createCodec({
    id: 16,
    encode: (value) => Buffer.from(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(bytes.toString()) as unknown,
  });
  const value = { title: 'गणित'.repeat(1_000) };
  assert.deepEqual(json.decode(json.encode(value)), { value });
  assert.deepEqual(json.decode(json.encode(answer)), { value: answer });
  assert.deepEqual(decode(json.encode(answer)), { value: answer });
  assert.equal(decode(json.encode(value)), undefined);
  assert.equal(json.decode(encode(value)), undefined);
  assert.throws(() => createCodec({ id: 3, encode: () => Buffer.alloc(0), decode: () => 0 }), /id/);
});
