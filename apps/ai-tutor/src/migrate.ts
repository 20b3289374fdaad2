import { parseArgs } from 'node:util';
import { migrate } from '@ganitagya/database';
import { loadConfig } from '@ganitagya/service';
import { Type } from 'typebox';
import { migrations } from './migrations/index.ts';

/** `node src/migrate.ts [up|down]`: brings the schema up to date, or takes the latest migration back. */
const { positionals } = parseArgs({ allowPositionals: true });
const [direction = 'up'] = positionals;
if ((direction !== 'up' && direction !== 'down') || positionals.length > 1) {
  process.stderr.write('usage: node src/migrate.ts [up|down]\n');
  process.exit(64);
}
const config = loadConfig(
  Type.Object({ MIGRATION_DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }) }),
  process.env,
);
await migrate({
  url: config.MIGRATION_DATABASE_URL,
  schema: 'tutor',
  migrations,
  direction: direction === 'up' ? 'up' : 'down-one',
  log: (line) => process.stdout.write(`${line}\n`),
});
