import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openTutor, startTutorDatabase, type TestTutor, type TutorDatabase } from '../testing/test-tutor.ts';
import {
  insertConversation,
  insertTurn,
  listConversations,
  listLatestTurns,
} from './conversation.repository.ts';
import type { TutorSchema } from '../schema.ts';

interface Page {
  readonly items: readonly { readonly id: string; readonly title: string }[];
  readonly next: string | null;
}
interface Whole {
  readonly title: string;
  readonly turns: readonly { readonly question: string; readonly answer: { readonly answer: string } }[];
}

describe('conversations', () => {
  let database: TutorDatabase;
  let tutor: TestTutor;

  before(async () => {
    database = await startTutorDatabase();
    tutor = await openTutor(database);
  });
  after(async () => {
    await tutor.close();
    await database.cluster.stop();
  });

  test('keep the exchanges of a signed-in student in their order', async () => {
    const headers = await tutor.signedIn();
    const first = await tutor.answer('Solve 2x + 3 = 7', {}, headers);
    assert.ok(first.conversationId);
    const second = await tutor.answer('Solve x^2 = 9', { conversationId: first.conversationId }, headers);
    assert.equal(second.conversationId, first.conversationId);
    const whole = (
      await tutor.request('GET', `/conversations/${first.conversationId}`, headers)
    ).json<Whole>();
    assert.equal(whole.title, 'Solve 2x + 3 = 7');
    assert.deepEqual(
      whole.turns.map(({ question, answer }) => [question, answer.answer]),
      [
        ['Solve 2x + 3 = 7', 'x = 2'],
        ['Solve x^2 = 9', 'x = -3 or x = 3'],
      ],
    );
  });

  test('are listed latest first, page by page', async () => {
    const headers = await tutor.signedIn();
    for (const question of ['1 + 1', '2 + 2', '3 + 3']) await tutor.answer(question, {}, headers);
    const one = (await tutor.request('GET', '/conversations?limit=2', headers)).json<Page>();
    assert.deepEqual(
      one.items.map(({ title }) => title),
      ['3 + 3', '2 + 2'],
    );
    assert.ok(one.next);
    const two = (
      await tutor.request('GET', `/conversations?limit=2&after=${one.next}`, headers)
    ).json<Page>();
    assert.deepEqual([two.items.map(({ title }) => title), two.next], [['1 + 1'], null]);
    const bad = await tutor.request('GET', '/conversations?after=nonsense', headers);
    assert.deepEqual([bad.statusCode, bad.json<{ code: string }>().code], [400, 'cursor.invalid']);
  });

  test('of somebody else do not exist', async () => {
    const owner = await tutor.signedIn();
    const other = await tutor.signedIn();
    const { conversationId } = await tutor.answer('2 + 2', {}, owner);
    assert.ok(conversationId);
    assert.equal((await tutor.request('GET', `/conversations/${conversationId}`, other)).statusCode, 404);
    assert.equal((await tutor.request('DELETE', `/conversations/${conversationId}`, other)).statusCode, 404);
    assert.equal((await tutor.ask({ question: '2 + 2', conversationId }, other)).statusCode, 404);
    assert.equal((await tutor.ask({ question: '2 + 2', conversationId })).statusCode, 401);
    assert.equal((await tutor.request('GET', `/conversations/${conversationId}`, owner)).statusCode, 200);
  });

  test('are forgotten when their owner says so', async () => {
    const headers = await tutor.signedIn();
    const { conversationId } = await tutor.answer('2 + 2', {}, headers);
    const path = `/conversations/${conversationId ?? ''}`;
    assert.equal((await tutor.request('DELETE', path, headers)).statusCode, 204);
    assert.equal((await tutor.request('DELETE', path, headers)).statusCode, 404);
    assert.equal((await tutor.request('GET', path, headers)).statusCode, 404);
  });

  test('need a token', async () => {
    assert.equal((await tutor.request('GET', '/conversations')).statusCode, 401);
    assert.equal((await tutor.answer('2 + 2')).conversationId, undefined);
  });

  test('and their turns are bounded: the oldest go first', async () => {
    const db = tutor.platform.database<TutorSchema>();
    const userId = crypto.randomUUID();
    const answer = { answer: '4', steps: [], citations: [], source: 'solver' as const, verified: true };
    await db.transaction().execute(async (transaction) => {
      for (const title of ['a', 'b', 'c', 'd']) await insertConversation(transaction, userId, title, 3);
      const kept = await listConversations(transaction, userId, undefined, 10);
      assert.deepEqual(
        kept.map(({ title }) => title),
        ['d', 'c', 'b'],
      );
      const id = kept[0]?.id ?? '';
      for (const question of ['1', '2', '3']) await insertTurn(transaction, id, question, answer, 2);
      const turns = await listLatestTurns(transaction, id, 10);
      assert.deepEqual(
        turns.map(({ question }) => question),
        ['2', '3'],
      );
    });
  });
});
