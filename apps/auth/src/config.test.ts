import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadConfig } from '@ganitagya/service';
import { authConfig } from './config.ts';

const KEY_ENCRYPTION_SECRET = 'a secret that is long enough for all';

describe('authConfig', () => {
  it('needs nothing but the secret', () => {
    assert.deepEqual(loadConfig(authConfig, { KEY_ENCRYPTION_SECRET }), {
      KEY_ENCRYPTION_SECRET,
      ALLOW_TEACHER_SIGNUP: false,
      HASH_QUEUE_MAX: 64,
      HASH_WAIT_MAX_MS: 2_000,
    });
  });

  it('refuses a missing and a short secret, and one from a sample file in production', () => {
    assert.throws(() => loadConfig(authConfig, {}), /KEY_ENCRYPTION_SECRET is required/);
    assert.throws(() => loadConfig(authConfig, { KEY_ENCRYPTION_SECRET: 'short' }), /KEY_ENCRYPTION_SECRET/);
    const sample = { KEY_ENCRYPTION_SECRET: 'sample-secret-from-the-documentation' };
    assert.doesNotThrow(() => loadConfig(authConfig, sample));
    assert.throws(() => loadConfig(authConfig, { ...sample, NODE_ENV: 'production' }), /sample/);
  });
});
