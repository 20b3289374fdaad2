import { migrate } from '@ganitagya/database';
import { migrations } from './migrations/index.ts';

// Run at every deploy, before the service: `node src/migrate.ts [up|down]`; down takes the latest step back.

const directions = { up: 'up', down: 'down-one' } as const;
const [word = 'up'] = process.argv.slice(2);
const url = process.env['MIGRATION_DATABASE_URL'];

if (!(word === 'up' || word === 'down') || url === undefined) {
  process.stderr.write('MIGRATION_DATABASE_URL=postgres://… node src/migrate.ts [up|down]\n');
  process.exit(64);
}

await migrate({
  url,
  schema: 'auth',
  migrations,
  direction: directions[word],
  log: (line) => process.stdout.write(`${line}\n`),
});
