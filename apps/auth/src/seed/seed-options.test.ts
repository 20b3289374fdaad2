import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSeedOptions } from './seed-options.ts';

const env = { DATABASE_URL: 'postgres://auth_app@localhost/ganitagya', DEMO_PASSWORD: 'demo password' };

describe('readSeedOptions', () => {
  it('takes demo accounts and load users', () => {
    assert.deepEqual(readSeedOptions(['--demo', '--users', '500', '--csv', 'users.csv'], env), {
      databaseUrl: env.DATABASE_URL,
      password: env.DEMO_PASSWORD,
      demo: true,
      load: { count: 500, file: 'users.csv' },
    });
  });

  it('refuses production, whatever is asked', () => {
    assert.throws(
      () => readSeedOptions(['--demo'], { ...env, NODE_ENV: 'production' }),
      /not for production/,
    );
  });

  it('says what is missing or wrong', () => {
    assert.throws(() => readSeedOptions([], env), /--demo/);
    assert.throws(() => readSeedOptions(['--users', '5'], env), /go together/);
    assert.throws(() => readSeedOptions(['--users', 'many', '--csv', 'f'], env), /whole number/);
    assert.throws(() => readSeedOptions(['--demo'], { ...env, DEMO_PASSWORD: 'short' }), /DEMO_PASSWORD/);
    assert.throws(() => readSeedOptions(['--demo'], { ...env, DATABASE_URL: '' }), /DATABASE_URL/);
    assert.throws(() => readSeedOptions(['--demmo'], env), /demmo/);
  });
});
