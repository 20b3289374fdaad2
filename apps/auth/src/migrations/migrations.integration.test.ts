import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startAuthDatabase, type AuthDatabase } from '../testing/test-auth.ts';

const run = promisify(execFile);
const script = new URL('../migrate.ts', import.meta.url).pathname;

describe('node src/migrate.ts', () => {
  let database: AuthDatabase;
  before(async () => {
    database = await startAuthDatabase({ migrated: false });
  });
  after(() => database.stop());

  const migrateTo = (...args: string[]) =>
    run(process.execPath, [script, ...args], {
      env: { ...process.env, MIGRATION_DATABASE_URL: database.ownerUrl },
    });
  const tables = async () => {
    const rows = await database.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'auth' and tablename not like 'kysely%' order by 1`,
    );
    return rows.map((row) => row.name);
  };

  it('goes forward, back step by step, and forward again', async () => {
    await migrateTo('up');
    assert.deepEqual(await tables(), ['account', 'session', 'signing_key']);
    await migrateTo('down');
    assert.deepEqual(await tables(), ['account', 'session']);
    await migrateTo('down');
    await migrateTo('down');
    assert.deepEqual(await tables(), []);
    await migrateTo();
    assert.deepEqual(await tables(), ['account', 'session', 'signing_key']);
  });

  it('changes nothing when there is nothing to do', async () => {
    await migrateTo('up');
    const { stdout } = await migrateTo('up');
    assert.equal(stdout, '');
  });

  it('refuses other words and a missing URL', async () => {
    await assert.rejects(migrateTo('sideways'), { code: 64 });
    const env = { ...process.env, MIGRATION_DATABASE_URL: undefined };
    await assert.rejects(run(process.execPath, [script], { env }), { code: 78 });
  });

  it('keeps one account for an address however it is spelt', async () => {
    await migrateTo('up');
    const insert = (email: string) =>
      database.query(
        `insert into auth.account (email, name, role, password_hash) values ($1, 'A', 'student', '')`,
        [email],
      );
    await insert('one@example.in');
    await assert.rejects(insert('ONE@example.in'), { code: '23505' });
  });
});
