import { sql } from 'kysely';
import type { AuthSchema, Executor } from '../schema.ts';
import type { Account, NewAccount, User } from './account.ts';

const USER = [
  'account.id',
  'account.email',
  'account.name',
  'account.role',
] as const satisfies readonly `account.${keyof AuthSchema['account']}`[];

/** The account of a normalised e-mail address, from the primary: a replica may not know yet who registered just now. */
export function findAccountByEmail(database: Executor, email: string): Promise<Account | undefined> {
  return (
    database
      .selectFrom('account')
      .select([...USER, 'account.password_hash as passwordHash'])
      // The expression of the unique index; raw SQL is never sent to a replica.
      .where(sql<string>`lower(account.email)`, '=', email)
      .executeTakeFirst()
  );
}

/** The user of a session that has not been ended. */
export function findSignedInUser(
  database: Executor,
  principal: { readonly userId: string; readonly sessionId: string },
): Promise<User | undefined> {
  return database
    .selectFrom('account')
    .innerJoin('session', 'session.account_id', 'account.id')
    .select(USER)
    .where('account.id', '=', principal.userId)
    .where('session.id', '=', principal.sessionId)
    .where('session.ended_at', 'is', null)
    .executeTakeFirst();
}

/** The new user, or undefined when the address has an account already. */
export function insertAccount(database: Executor, account: NewAccount): Promise<User | undefined> {
  const { email, name, role, passwordHash } = account;
  return database
    .insertInto('account')
    .values({ email, name, role, password_hash: passwordHash })
    .onConflict((conflict) => conflict.expression(sql`lower(email)`).doNothing())
    .returning(['id', 'email', 'name', 'role'])
    .executeTakeFirst();
}

/** Replaces a hash by one of the same password; nothing happens when the password was changed meanwhile. */
export async function replacePasswordHash(
  database: Executor,
  account: Account,
  passwordHash: string,
): Promise<void> {
  await database
    .updateTable('account')
    .set({ password_hash: passwordHash })
    .where('id', '=', account.id)
    .where('password_hash', '=', account.passwordHash)
    .execute();
}
