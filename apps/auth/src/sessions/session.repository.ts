import { sql } from 'kysely';
import type { User } from '../accounts/account.ts';
import type { Executor, SessionEndReason } from '../schema.ts';
import { SESSION_LIMITS, type SessionState } from './refresh-rule.ts';

/** A session with its owner, as a refresh needs it. */
export interface SessionRecord {
  readonly user: User;
  readonly hmacKey: Buffer;
  readonly state: SessionState;
}

/** Starts a session at counter 0 and returns its id. */
export async function insertSession(database: Executor, accountId: string, hmacKey: Buffer): Promise<string> {
  const { id } = await database
    .insertInto('session')
    .values({ account_id: accountId, hmac_key: hmacKey })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The session, locked until the end of the transaction: racing refreshes of it take turns. */
export async function lockSession(
  transaction: Executor,
  sessionId: string,
): Promise<SessionRecord | undefined> {
  const row = await transaction
    .selectFrom('session')
    .innerJoin('account', 'account.id', 'session.account_id')
    .select(['account.id', 'account.email', 'account.name', 'account.role'])
    .select(['session.hmac_key', 'session.counter', 'session.ended_at'])
    // clock_timestamp: the transaction may have waited for another one that rotated after it had begun.
    .select([
      millisecondsSince('session.created_at').as('ageMs'),
      millisecondsSince('session.rotated_at').as('sinceRotationMs'),
    ])
    .where('session.id', '=', sessionId)
    .forUpdate('session')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { id, email, name, role, counter, ageMs, sinceRotationMs } = row;
  return {
    user: { id, email, name, role },
    hmacKey: row.hmac_key,
    state: { counter, hasEnded: row.ended_at !== null, ageMs, sinceRotationMs },
  };
}

/** The key that the refresh tokens of a session are made with. */
export async function findSessionKey(database: Executor, sessionId: string): Promise<Buffer | undefined> {
  const row = await database
    .selectFrom('session')
    .select('hmac_key')
    .where('id', '=', sessionId)
    .executeTakeFirst();
  return row?.hmac_key;
}

/** Moves a session to a counter; its idle time starts afresh. */
export async function rotateSession(
  transaction: Executor,
  sessionId: string,
  counter: number,
): Promise<void> {
  await transaction
    .updateTable('session')
    .set({ counter, rotated_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', sessionId)
    .execute();
}

/** Ends a session; one that has ended keeps its first reason. */
export async function endSession(
  database: Executor,
  sessionId: string,
  reason: SessionEndReason,
): Promise<void> {
  await database
    .updateTable('session')
    .set({ ended_at: sql<Date>`clock_timestamp()`, end_reason: reason })
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .execute();
}

/** Deletes up to `limit` sessions that ended yesterday or before, or that nobody can refresh any more. */
export async function deleteOverSessions(database: Executor, limit: number): Promise<number> {
  // No index on these columns: every refresh would have to write it as well.
  const { numAffectedRows = 0n } = await sql`
    delete from session where id in (
      select id from session
      where ended_at < now() - interval '1 day'
        or rotated_at < now() - make_interval(secs => ${SESSION_LIMITS.idleMs / 1_000})
        or created_at < now() - make_interval(secs => ${SESSION_LIMITS.absoluteMs / 1_000})
      limit ${limit}
      for update skip locked
    )`.execute(database);
  return Number(numAffectedRows);
}

function millisecondsSince(column: 'session.created_at' | 'session.rotated_at') {
  return sql<number>`(extract(epoch from clock_timestamp() - ${sql.ref(column)}) * 1000)::float8`;
}
