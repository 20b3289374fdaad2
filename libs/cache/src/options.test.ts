import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCache } from './index.ts';

test('options that make no sense are refused', async () => {
  assert.throws(() => createCache({ namespace: 'a{b}' }), /namespace/);
  assert.throws(() => createCache({ namespace: '' }), /namespace/);
  assert.throws(() => createCache({ namespace: 'test', memory: { bytesMax: 0 } }), /bytesMax/);
  assert.throws(() => createCache({ namespace: 'test', remote: { ttlMs: 1.5 } }), /ttlMs/);
  const cache = createCache({ namespace: 'test' });
  await assert.rejects(
    cache.getOrSet('key', () => 1, { ttlMs: -1 }),
    /ttlMs/,
  );
  await assert.rejects(
    cache.getOrSet('key', () => 1, { tags: [''] }),
    /tag/,
  );
  await assert.rejects(cache.invalidateTags(['\ud800']), /tag/);
});
