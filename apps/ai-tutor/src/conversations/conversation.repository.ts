import type { Answer } from '../answers/answer.ts';
import type { Executor } from '../schema.ts';

export interface ConversationHead {
  readonly id: string;
  readonly title: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Turn {
  readonly id: string;
  readonly question: string;
  readonly answer: Answer;
  readonly createdAt: Date;
}

const HEAD = ['id', 'title', 'created_at as createdAt', 'updated_at as updatedAt'] as const;

/** The user's conversations, latest first, before a given one. */
export function listConversations(
  database: Executor,
  userId: string,
  before: string | undefined,
  limit: number,
): Promise<ConversationHead[]> {
  const query = database.selectFrom('conversation').select(HEAD).where('user_id', '=', userId);
  return (before === undefined ? query : query.where('id', '<', before))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** A conversation of this user; undefined for an unknown one and for somebody else's. */
export function findConversation(
  database: Executor,
  userId: string,
  id: string,
): Promise<ConversationHead | undefined> {
  return database
    .selectFrom('conversation')
    .select(HEAD)
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
}

/** The latest turns, oldest of them first. */
export async function listLatestTurns(
  database: Executor,
  conversationId: string,
  limit: number,
): Promise<Turn[]> {
  const latest = await database
    .selectFrom('turn')
    .select(['id', 'question', 'answer', 'created_at as createdAt'])
    .where('conversation_id', '=', conversationId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return latest.reverse();
}

/** Opens a conversation; those of the user beyond the newest `keepMax` are forgotten. */
export async function insertConversation(
  database: Executor,
  userId: string,
  title: string,
  keepMax: number,
): Promise<string> {
  const { id } = await database
    .insertInto('conversation')
    .values({ user_id: userId, title })
    .returning('id')
    .executeTakeFirstOrThrow();
  await database
    .deleteFrom('conversation')
    .where('user_id', '=', userId)
    .where('id', 'not in', (newest) =>
      newest
        .selectFrom('conversation')
        .select('id')
        .where('user_id', '=', userId)
        .orderBy('id', 'desc')
        .limit(keepMax),
    )
    .execute();
  return id;
}

/** Adds a turn; those of the conversation beyond the newest `keepMax` are forgotten. */
export async function insertTurn(
  database: Executor,
  conversationId: string,
  question: string,
  answer: Answer,
  keepMax: number,
): Promise<void> {
  await database
    .insertInto('turn')
    .values({
      conversation_id: conversationId,
      question,
      answer: JSON.stringify(answer) as unknown as Answer,
    })
    .execute();
  await database
    .deleteFrom('turn')
    .where('conversation_id', '=', conversationId)
    .where('id', 'not in', (newest) =>
      newest
        .selectFrom('turn')
        .select('id')
        .where('conversation_id', '=', conversationId)
        .orderBy('id', 'desc')
        .limit(keepMax),
    )
    .execute();
  await database
    .updateTable('conversation')
    .set({ updated_at: new Date() })
    .where('id', '=', conversationId)
    .execute();
}

/** Whether there was one of this user to delete. */
export async function deleteConversation(database: Executor, userId: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await database
    .deleteFrom('conversation')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
