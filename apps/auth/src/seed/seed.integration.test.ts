import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { openAuth, startAuthDatabase, type AuthDatabase, type TestAuth } from '../testing/test-auth.ts';

const run = promisify(execFile);
const script = new URL('../seed.ts', import.meta.url).pathname;

describe('node src/seed.ts', () => {
  let database: AuthDatabase;
  let auth: TestAuth;
  before(async () => {
    database = await startAuthDatabase();
    auth = await openAuth(database);
  });
  after(async () => {
    await auth.close();
    await database.stop();
  });

  const seed = (args: readonly string[], password: string) =>
    run(process.execPath, [script, ...args], {
      env: { ...process.env, NODE_ENV: 'test', DATABASE_URL: database.url, DEMO_PASSWORD: password },
    });

  it('makes one demo account of each role, and gives them a new password when run again', async () => {
    await seed(['--demo'], 'first demo password');
    await seed(['--demo'], 'second demo password');
    for (const role of ['student', 'teacher', 'admin']) {
      const email = `${role}@ganitagya.local`;
      const response = await auth.post('/login', { email, password: 'second demo password' });
      assert.equal(response.statusCode, 200, email);
      assert.equal(response.json().user.role, role);
    }
    const old = await auth.post('/login', {
      email: 'admin@ganitagya.local',
      password: 'first demo password',
    });
    assert.equal(old.statusCode, 401);
  });

  it('makes load-test users and lists them in a CSV file', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'ganitagya-seed-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, 'users.csv');
    await seed(['--users', '5001', '--csv', file], 'load, test "password"');
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    assert.equal(lines.length, 5_002);
    assert.equal(lines[0], 'email,password');
    assert.equal(lines[5_001], 'student005001@load.ganitagya.local,"load, test ""password"""');
    const response = await auth.post('/login', {
      email: 'student005001@load.ganitagya.local',
      password: 'load, test "password"',
    });
    assert.equal(response.statusCode, 200);
  });

  it('says in one line what is wrong', async () => {
    await assert.rejects(seed([], 'demo password'), (error: Error & { code?: number; stderr?: string }) => {
      assert.equal(error.code, 64);
      assert.equal(error.stderr, 'seed: Say --demo, or --users N --csv FILE, or both.\n');
      return true;
    });
  });
});
