import { sql } from 'kysely';
import type { NewAccount } from '../accounts/account.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { Executor } from '../schema.ts';

const DEMO_ACCOUNTS = [
  { email: 'student@ganitagya.local', name: 'Asha Student', role: 'student' },
  { email: 'teacher@ganitagya.local', name: 'Tarun Teacher', role: 'teacher' },
  { email: 'admin@ganitagya.local', name: 'Anita Admin', role: 'admin' },
] as const satisfies readonly Omit<NewAccount, 'passwordHash'>[];

/** Makes one account of each role, or gives those that exist the password. Returns their addresses. */
export async function seedDemoAccounts(
  database: Executor,
  passwords: PasswordHasher,
  password: string,
): Promise<readonly string[]> {
  for (const { email, name, role } of DEMO_ACCOUNTS) {
    const passwordHash = await passwords.hash(password);
    await database
      .insertInto('account')
      .values({ email, name, role, password_hash: passwordHash })
      .onConflict((conflict) =>
        conflict.expression(sql`lower(email)`).doUpdateSet({ name, role, password_hash: passwordHash }),
      )
      .execute();
  }
  return DEMO_ACCOUNTS.map((account) => account.email);
}
