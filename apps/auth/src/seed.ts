import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDatabase } from '@ganitagya/database';
import { HashQueue } from './passwords/hash-queue.ts';
import { PasswordHasher } from './passwords/password-hasher.ts';
import type { AuthSchema } from './schema.ts';
import { seedDemoAccounts } from './seed/demo-accounts.ts';
import { loadUserRows, seedLoadUsers } from './seed/load-users.ts';
import { readSeedOptions } from './seed/seed-options.ts';

// Run by `npm start` for the demo accounts and before a load test for its users; never on a real installation.

const options = readOptions();
const database = createDatabase<AuthSchema>({ primary: options.databaseUrl, applicationName: 'auth-seed' });
const passwords = new PasswordHasher(new HashQueue({ concurrency: 1, queueMax: 0, waitMaxMs: 1_000 }));
const { password, load } = options;

try {
  if (options.demo) {
    const emails = await seedDemoAccounts(database, passwords, password);
    process.stdout.write(`demo accounts: ${emails.join(', ')}\n`);
  }
  if (load !== undefined) {
    await seedLoadUsers(database, passwords, { count: load.count, password });
    await pipeline(Readable.from(loadUserRows(load.count, password)), createWriteStream(load.file));
    process.stdout.write(`${load.count} load-test users, listed in ${load.file}\n`);
  }
} finally {
  await database.destroy();
}

function readOptions() {
  try {
    return readSeedOptions(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`seed: ${error.message}\n`);
    process.exit(64);
  }
}
