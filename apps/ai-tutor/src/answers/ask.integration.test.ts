import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '@ganitagya/testing';
import { openTutor, startTutorDatabase, type TestTutor, type TutorDatabase } from '../testing/test-tutor.ts';
import { readEvents } from '../testing/read-events.ts';

describe('POST /api/ai/tutor/ask', () => {
  let database: TutorDatabase;
  let tutor: TestTutor;

  before(async () => {
    database = await startTutorDatabase();
    tutor = await openTutor(database, { TUTOR_ASKS_ANONYMOUS_PER_MINUTE: '1000' });
    await tutor.lessonsRead();
  });
  after(async () => {
    await tutor.close();
    await database.cluster.stop();
  });

  test('explains quadratic equations from the lessons, without a token', async () => {
    const answer = await tutor.answer('Explain quadratic equations');
    assert.equal(answer.source, 'lessons');
    assert.equal(answer.verified, false);
    assert.match(answer.answer, /^## What is a quadratic equation\?/);
    assert.match(answer.answer, /ax\^2 \+ bx \+ c = 0/);
    assert.deepEqual(answer.citations[0], {
      courseSlug: 'class-10',
      lessonSlug: 'what-is-a-quadratic-equation',
      title: 'What is a quadratic equation?',
      url: '/api/courses/class-10/lessons/what-is-a-quadratic-equation',
    });
  });

  test('solves x^2 - 5x + 6 = 0 with checked steps and a lesson, without a token', async () => {
    const answer = await tutor.answer('Solve x^2 - 5x + 6 = 0');
    assert.equal(answer.answer, 'x = 2 or x = 3');
    assert.deepEqual([answer.source, answer.verified], ['solver', true]);
    assert.ok(answer.steps.length >= 4);
    assert.ok(answer.steps.every(({ checked, latex }) => checked && latex !== undefined));
    assert.ok(answer.citations.some(({ lessonSlug }) => lessonSlug === 'factorisation'));
  });

  test('answers in Hindi a question asked in Hindi, and in the language that is asked for', async () => {
    const hindi = await tutor.answer('हल कीजिए: x² − 5x + 6 = 0');
    assert.equal(hindi.answer, 'x = 2 या x = 3');
    assert.match(hindi.steps[0]?.text ?? '', /समीकरण/);
    assert.equal((await tutor.answer('x^2 - 5x + 6 = 0', { language: 'hi' })).answer, 'x = 2 या x = 3');
    const explained = await tutor.answer('द्विघात समीकरण समझाइए');
    assert.equal(explained.source, 'lessons');
    assert.equal(explained.citations[0]?.title, 'द्विघात समीकरण क्या है?');
  });

  test('survives what is too large to work out', async () => {
    for (const question of ['x = 9^9^9', '(a+b+c+d+f+g)^60 = x', 'solve (x+1)^500 = 3', '200000!']) {
      const answer = await tutor.answer(question);
      assert.deepEqual([answer.source, answer.steps.length], ['none', 0], question);
    }
  });

  test('finds a lesson although its subject is misspelt', async () => {
    const answer = await tutor.answer('trignometric ratos');
    assert.equal(answer.citations[0]?.lessonSlug, 'trigonometric-ratios');
  });

  test('says plainly what it does not know and names the nearest lessons', async () => {
    const declined = await tutor.answer('solve sin x = 1/2');
    assert.deepEqual([declined.source, declined.verified, declined.steps.length], ['none', false, 0]);
    assert.match(declined.answer, /cannot solve/);
    const unknown = await tutor.answer('😀😀😀');
    assert.deepEqual([unknown.source, unknown.citations.length], ['none', 0]);
    const wordy = await tutor.answer(
      'A train leaves a right triangle at sixty kilometres an hour, when does it arrive?',
    );
    assert.equal(wordy.source, 'none');
  });

  test('solves a question once, however it is written', async () => {
    const before = tutor.platform.cache.stats();
    const ways = [
      'Solve 7x^2 - 7 = 0',
      '7x² − 7 = 0',
      '$7x^{2}-7=0$',
      'please solve:  -7 + 7x^2 = 0 ?',
      '\\(7x^2 - 7 = 0\\)',
    ];
    for (const way of ways) assert.equal((await tutor.answer(way)).answer, 'x = -1 or x = 1', way);
    const { loads } = tutor.platform.cache.stats();
    // One solution and one search of the lessons at most.
    assert.ok(loads - before.loads <= 2, `${loads - before.loads} loads`);
  });

  test('takes what the old load script sends', async () => {
    const response = await tutor.ask({ question: 'Explain quadratic equations', context: 'mathematics' });
    assert.equal(response.statusCode, 200);
    const withObject = await tutor.ask({
      question: 'Solve 2x = 4',
      context: { courseSlug: 'class-10', page: 3 },
    });
    assert.equal(withObject.statusCode, 200);
  });

  test('refuses what is not a question', async () => {
    for (const body of [
      {},
      { question: '' },
      { question: '   ' },
      { question: 'x'.repeat(2001) },
      { question: 'x', language: 'fr' },
    ]) {
      const response = await tutor.ask(body);
      assert.equal(response.statusCode, 400);
      assert.equal(response.json<{ code: string }>().code, 'input.invalid');
    }
    const huge = await tutor.ask({ question: 'x', context: 'y'.repeat(100_000) });
    assert.equal(huge.statusCode, 413);
    const forged = await tutor.ask({ question: 'Solve 2x = 4' }, { authorization: 'Bearer forged' });
    assert.equal(forged.statusCode, 401);
  });

  test('streams the steps, the citations and the whole answer as events', async () => {
    const response = await tutor.ask({ question: 'Solve x^2 - 5x + 6 = 0' }, { accept: 'text/event-stream' });
    assert.match(String(response.headers['content-type']), /^text\/event-stream/);
    assert.equal(response.headers['x-accel-buffering'], 'no');
    assert.match(String(response.headers['cache-control']), /no-store/);
    const events = readEvents(response.body);
    const names = events.map(({ event }) => event);
    assert.deepEqual([...new Set(names)], ['step', 'citation', 'token', 'done']);
    const done = events.at(-1)?.data as { answer: string; steps: unknown[] };
    assert.equal(done.answer, 'x = 2 or x = 3');
    assert.equal(done.steps.length, names.filter((name) => name === 'step').length);
  });

  test('goes on with what it knows while courses is down', async () => {
    tutor.feed.isDown = true;
    const asked = tutor.feed.requests;
    const sources = new Set<string>();
    await waitFor(
      async () => {
        sources.add((await tutor.answer('Explain quadratic equations')).source);
        return tutor.feed.requests >= asked + 2;
      },
      { what: 'two failed attempts to read the feed', intervalMs: 100 },
    );
    tutor.feed.isDown = false;
    assert.deepEqual([...sources], ['lessons']);
  });
});

describe('POST /api/ai/tutor/ask over its quota', () => {
  let database: TutorDatabase;
  let tutor: TestTutor;

  before(async () => {
    database = await startTutorDatabase();
    tutor = await openTutor(database, {
      TUTOR_ASKS_ANONYMOUS_PER_MINUTE: '3',
      TUTOR_ASKS_USER_PER_MINUTE: '5',
    });
  });
  after(async () => {
    await tutor.close();
    await database.cluster.stop();
  });

  test('is a 429 problem with Retry-After for those without a token, and not for a student who is signed in', async () => {
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1)
      statuses.push((await tutor.ask({ question: '2 + 2' })).statusCode);
    assert.deepEqual(statuses, [200, 200, 200, 429]);
    const refused = await tutor.ask({ question: '2 + 2' });
    assert.match(String(refused.headers['content-type']), /^application\/problem\+json/);
    assert.equal(refused.json<{ code: string }>().code, 'tutor.too_many_questions');
    assert.ok(Number(refused.headers['retry-after']) >= 1);
    const headers = await tutor.signedIn();
    const own: number[] = [];
    for (let count = 0; count < 6; count += 1)
      own.push((await tutor.ask({ question: '2 + 2' }, headers)).statusCode);
    assert.deepEqual(own, [200, 200, 200, 200, 200, 429]);
  });

  test('is answered by the solver when the database is gone', async () => {
    const headers = await tutor.signedIn();
    await database.cluster.primary.stop();
    const answer = await tutor.answer('Solve 2x + 3 = 7', {}, headers);
    assert.deepEqual([answer.answer, answer.source, answer.citations], ['x = 2', 'solver', []]);
    assert.equal(answer.conversationId, undefined);
  });
});
