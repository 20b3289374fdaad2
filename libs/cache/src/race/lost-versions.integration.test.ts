import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redisForTest } from '@ganitagya/testing';
import type { Redis } from '../index.ts';
import { openControlled } from '../testing/controlled-instance.ts';
import { gated } from './reach.ts';
import { kinds } from './rows.ts';

const losses: readonly (readonly [name: string, lose: (redis: Redis) => Promise<unknown>])[] = [
  ['everything', (redis) => redis.flushall()],
  ['the generation', (redis) => redis.del('cache:{test}:generation')],
  ['the sequence', (redis) => redis.del('cache:{test}:sequence')],
  [
    'the sequence and the generation',
    (redis) => redis.del('cache:{test}:sequence', 'cache:{test}:generation'),
  ],
];

for (const kind of kinds.filter(({ isSet }) => !isSet)) {
  for (const [what, lose] of losses) {
    test(`${kind.name} during a load, not heard, and then Redis loses ${what}: the load is not kept`, async (t) => {
      const server = await redisForTest(t);
      const open = () => openControlled(t, server.url);
      const [reader, writer, third] = await Promise.all([open(), open(), open()]);
      let truth = 'old';
      const options = { tags: kind.tags('tag') };
      // Something was stored before: Redis has all that it would have.
      await writer.cache.getOrSet('before', () => 'stored', { tags: ['tag'] });
      await writer.answered();
      const gate = gated(() => truth);
      const call = reader.cache.getOrSet('key', gate.load, options);
      await gate.started;
      const messages = reader.holdMessages();
      truth = 'new';
      await kind.invalidate(writer.cache, 'key', 'tag');
      await lose(writer.redis);
      gate.finish();
      assert.equal(await call, 'old');
      await reader.answered();
      assert.equal(await third.cache.getOrSet('key', () => truth, options), 'new');
      await third.answered();
      messages.release();
      await reader.hear();
      assert.equal(await reader.cache.getOrSet('key', () => truth, options), 'new');
    });
  }
}
