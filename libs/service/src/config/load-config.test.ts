import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Type } from 'typebox';
import { ConfigError, List, loadConfig, Secret, splitList } from './load-config.ts';

const schema = Type.Object({
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, default: 3000 }),
  DATABASE_URL: Type.String({ pattern: '^postgres://' }),
  TOKEN_SECRET: Secret(),
  WORKERS: Type.Union([Type.Literal('auto'), Type.Integer({ minimum: 1 })], { default: 1 }),
  TRUST_PROXY: List({ default: '' }),
  REDIS_URL: Type.Optional(Type.String()),
});
const good = { DATABASE_URL: 'postgres://h/d', TOKEN_SECRET: 'x'.repeat(32) };

describe('loadConfig', () => {
  test('converts, fills defaults, ignores what the schema does not name, and freezes', () => {
    const config = loadConfig(schema, {
      ...good,
      PORT: '8080',
      WORKERS: '4',
      HOME: '/nowhere',
      REDIS_URL: '',
    });
    assert.deepEqual(config, { ...good, PORT: 8080, WORKERS: 4, TRUST_PROXY: '' });
    assert.ok(Object.isFrozen(config));
    assert.equal(loadConfig(schema, { ...good, WORKERS: 'auto' }).WORKERS, 'auto');
  });

  test('reports every fault at once, by the name of the variable', () => {
    assert.throws(
      () => loadConfig(schema, { PORT: 'eighty', DATABASE_URL: 'mysql://h', WORKERS: '0' }),
      (error) => {
        assert.ok(error instanceof ConfigError);
        const named = error.faults.map((fault) => fault.split(' ')[0]).sort();
        assert.deepEqual(named, ['DATABASE_URL', 'PORT', 'TOKEN_SECRET', 'WORKERS']);
        return true;
      },
    );
  });

  test('takes whole numbers only as such', () => {
    for (const PORT of ['80.9', 'true', '8e3', ' 80', '0x50']) {
      assert.throws(() => loadConfig(schema, { ...good, PORT }), /PORT must be integer/u, PORT);
    }
    assert.throws(() => loadConfig(schema, { ...good, PORT: '70000' }), /PORT must be <= 65535/u);
    assert.throws(() => loadConfig(schema, { ...good, WORKERS: '2.5' }), /WORKERS/u);
  });

  test('refuses sample secrets in production only', () => {
    const env = { ...good, TOKEN_SECRET: 'sample-secret-sample-secret-sample-secret' };
    assert.equal(loadConfig(schema, env).TOKEN_SECRET, env.TOKEN_SECRET);
    assert.throws(
      () => loadConfig(schema, { ...env, NODE_ENV: 'production' }),
      /TOKEN_SECRET is a sample value/,
    );
  });

  test('never shows the value of a secret', () => {
    assert.throws(
      () => loadConfig(schema, { ...good, TOKEN_SECRET: 'too-short-but-secret' }),
      (error) => error instanceof ConfigError && !error.message.includes('too-short-but-secret'),
    );
  });
});

test('splitList drops spaces and empty items', () => {
  assert.deepEqual(splitList(' a, b,,c '), ['a', 'b', 'c']);
  assert.deepEqual(splitList(''), []);
});
