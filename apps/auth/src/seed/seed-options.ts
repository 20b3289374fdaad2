import { parseArgs } from 'node:util';
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '../passwords/password-rules.ts';

const USERS_MAX = 1_000_000;

/** What the seed tool was asked to do. */
export interface SeedOptions {
  readonly databaseUrl: string;
  readonly password: string;
  readonly demo: boolean;
  /** Load-test users to make, and the file that lists them. */
  readonly load: { readonly count: number; readonly file: string } | undefined;
}

/** Reads arguments and environment. Throws a TypeError that says what is wrong. */
export function readSeedOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): SeedOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: { demo: { type: 'boolean' }, users: { type: 'string' }, csv: { type: 'string' } },
  });
  const { demo = false, users, csv } = values;
  if (env['NODE_ENV'] === 'production')
    throw new TypeError('Accounts with a known password are not for production.');
  if (!demo && users === undefined) throw new TypeError('Say --demo, or --users N --csv FILE, or both.');
  if ((users === undefined) !== (csv === undefined)) throw new TypeError('--users and --csv go together.');
  const password = env['DEMO_PASSWORD'] ?? '';
  if (password.length < PASSWORD_LENGTH_MIN || password.length > PASSWORD_LENGTH_MAX) {
    throw new TypeError(
      `DEMO_PASSWORD must have ${PASSWORD_LENGTH_MIN} to ${PASSWORD_LENGTH_MAX} characters.`,
    );
  }
  const databaseUrl = env['DATABASE_URL'];
  if (databaseUrl === undefined || databaseUrl === '') throw new TypeError('DATABASE_URL is required.');
  return {
    databaseUrl,
    password,
    demo,
    load: users === undefined || csv === undefined ? undefined : { count: countOf(users), file: csv },
  };
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > USERS_MAX) {
    throw new TypeError(`--users must be a whole number from 1 to ${USERS_MAX}.`);
  }
  return count;
}
