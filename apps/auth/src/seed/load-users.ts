import { sql } from 'kysely';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { Executor } from '../schema.ts';
import { csvLine } from './csv.ts';

const BATCH = 5_000;

/** The address of the nth user of a load test. */
export function loadUserEmail(number: number): string {
  return `student${String(number).padStart(6, '0')}@load.ganitagya.local`;
}

/**
 * Makes students 1 to `count` for load tests, all with one password. It is hashed once and the hash reused: a hash each
 * would take 10 ms a user, and a login costs the same either way. Never do this for people.
 */
export async function seedLoadUsers(
  database: Executor,
  passwords: PasswordHasher,
  { count, password }: { readonly count: number; readonly password: string },
): Promise<void> {
  const passwordHash = await passwords.hash(password);
  for (let first = 1; first <= count; first += BATCH) {
    const length = Math.min(BATCH, count - first + 1);
    const numbers = Array.from({ length }, (_, index) => first + index);
    await database
      .insertInto('account')
      .values(
        numbers.map((number) => ({
          email: loadUserEmail(number),
          name: `Load student ${number}`,
          role: 'student' as const,
          password_hash: passwordHash,
        })),
      )
      .onConflict((conflict) =>
        conflict.expression(sql`lower(email)`).doUpdateSet({ password_hash: passwordHash }),
      )
      .execute();
  }
}

/** The CSV file of those users, line by line. */
export function* loadUserRows(count: number, password: string): Generator<string> {
  yield csvLine(['email', 'password']);
  for (let number = 1; number <= count; number += 1) yield csvLine([loadUserEmail(number), password]);
}
