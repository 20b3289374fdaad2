import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';
import type { RunningPlatform } from './running-platform.ts';
import { withSourceAddresses } from './schools.ts';

/** The root of the repository. */
export const repository = join(import.meta.dirname, '../../../..');

interface UsersWanted {
  readonly users: number;
  readonly schoolSize: number;
  readonly reseed: boolean;
}

/**
 * Writes the users of a run with their source addresses into `file`, from the list that the seed of `auth` leaves in
 * `.local/load-users.csv`. Makes the accounts where there is no such list, in the database of the running platform.
 */
export async function prepareUsers(
  file: string,
  { users, schoolSize, reseed }: UsersWanted,
  platform: RunningPlatform | undefined,
): Promise<void> {
  const list = join(repository, '.local/load-users.csv');
  if (reseed || !existsSync(list) || countUsers(list) < users) await seed(list, users, platform);
  const lines = readFileSync(list, 'utf8')
    .split('\n')
    .slice(0, users + 1);
  writeFileSync(file, withSourceAddresses(lines.join('\n'), schoolSize), { mode: 0o600 });
}

function countUsers(list: string): number {
  return readFileSync(list, 'utf8').trimEnd().split('\n').length - 1;
}

async function seed(list: string, users: number, platform: RunningPlatform | undefined): Promise<void> {
  const settings = platform?.env['auth'];
  if (settings === undefined) {
    throw new Error(`There is no list of ${users} users: run npm start beside this, or write one with
  node apps/auth/src/seed.ts --users ${users} --csv ${list}`);
  }
  const program = join(repository, 'apps/auth/src/seed.ts');
  const env = { ...process.env, ...settings, DEMO_PASSWORD: `load-${randomBytes(9).toString('hex')}` };
  const code = await runProgram(process.execPath, [program, '--users', String(users), '--csv', list], {
    env,
  });
  if (code !== 0) throw new Error(`The accounts could not be made (exit code ${code})`);
}
