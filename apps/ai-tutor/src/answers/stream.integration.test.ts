import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '@ganitagya/testing';
import { startFakeModel, type FakeModel } from '../testing/fake-model.ts';
import { openTutor, startTutorDatabase, type TestTutor, type TutorDatabase } from '../testing/test-tutor.ts';

describe('a model that takes a minute', () => {
  let database: TutorDatabase;
  let model: FakeModel;
  let tutor: TestTutor;

  before(async () => {
    database = await startTutorDatabase();
    model = await startFakeModel();
    tutor = await openTutor(database, { TUTOR_LLM_URL: model.url, TUTOR_LLM_TIMEOUT_MS: '60000' });
  });
  after(async () => {
    await tutor.close();
    await model.close();
    await database.cluster.stop();
  });

  test('is left alone when the student leaves in the middle of the stream', async () => {
    model.behaviour = { kind: 'hangs' };
    const leaving = new AbortController();
    const response = await fetch(`${tutor.address}/api/ai/tutor/ask`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ question: 'Tell me about circles' }),
      signal: leaving.signal,
    });
    assert.equal(response.status, 200);
    const reader = response.body?.getReader();
    await waitFor(() => model.openRequests === 1, { timeoutMs: 20_000, what: 'the call to the model' });
    await reader?.read();
    leaving.abort();
    await waitFor(() => model.openRequests === 0, {
      timeoutMs: 20_000,
      what: 'the end of the call to the model',
    });
  });

  test('is not waited for longer than the student waits: the solver answers in time', async () => {
    // The first task of a solver waits for its engine.
    model.behaviour = { kind: 'says', text: 'Halve it.' };
    assert.equal((await tutor.answer('Solve 2x = 4')).source, 'model');
    model.behaviour = { kind: 'slow' };
    const response = await fetch(`${tutor.address}/api/ai/tutor/ask`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-timeout-ms': '3000' },
      body: JSON.stringify({ question: 'Solve 2x = 4' }),
    });
    assert.equal(response.status, 200);
    assert.equal(((await response.json()) as { source: string }).source, 'solver');
    await waitFor(() => model.openRequests === 0, {
      timeoutMs: 20_000,
      what: 'the end of the call to the model',
    });
  });
});
