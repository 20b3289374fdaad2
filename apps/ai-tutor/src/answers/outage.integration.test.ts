import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startRedis, waitFor, type RedisServer } from '@ganitagya/testing';
import { openTutor, startTutorDatabase, type TestTutor, type TutorDatabase } from '../testing/test-tutor.ts';

const QUESTION = 'Explain quadratic equations';
/** Far less than any database call is given, with room for a busy machine. */
const IN_TIME_MS = 500;

describe('a tutor whose database is frozen', () => {
  let database: TutorDatabase;
  let redis: RedisServer;
  let tutor: TestTutor;

  before(async () => {
    [database, redis] = await Promise.all([startTutorDatabase(), startRedis()]);
    tutor = await openTutor(database, {
      REDIS_URL: redis.url,
      TUTOR_LESSONS_FRESH_MS: '1000',
      TUTOR_ASKS_ANONYMOUS_PER_MINUTE: '10000',
    });
    await tutor.lessonsRead();
  });
  after(async () => {
    database.cluster.primary.thaw();
    await tutor.close();
    await Promise.all([database.cluster.stop(), redis.stop()]);
  });

  const ask = async (question = QUESTION) => {
    const startedAt = performance.now();
    const answer = await tutor.answer(question);
    return { answer, tookMs: performance.now() - startedAt };
  };

  test('explains from the lessons that it found before, at once', async () => {
    const stats = () => tutor.platform.cache.stats();
    const { answer: known } = await ask();
    const solved = await ask('Solve x^2 - 5x + 6 = 0');
    assert.equal(known.source, 'lessons');
    database.cluster.primary.freeze();
    const before = stats();
    await waitFor(
      async () => {
        for (const [question, expected] of [
          [QUESTION, known],
          ['Solve x^2 - 5x + 6 = 0', solved.answer],
        ] as const) {
          const { answer, tookMs } = await ask(question);
          assert.deepEqual(answer, expected);
          assert.ok(tookMs < IN_TIME_MS, `${tookMs} ms`);
        }
        return stats().staleOnError >= before.staleOnError + 2;
      },
      { timeoutMs: 60_000, intervalMs: 100, what: 'failed searches' },
    );
    assert.ok(stats().staleHits > before.staleHits);
    assert.equal(stats().misses, before.misses);
  });
});
