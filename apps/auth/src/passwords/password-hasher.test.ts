import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { HashQueue } from './hash-queue.ts';
import { HASH_PARAMETERS, PasswordHasher, StoredHashRefusedError } from './password-hasher.ts';

const queue = new HashQueue({ concurrency: 2, queueMax: 64, waitMaxMs: 60_000 });
const hasher = new PasswordHasher(queue);
const password = 'parabola opens upwards';

describe('PasswordHasher', () => {
  let stored: string;
  before(async () => {
    stored = await hasher.hash(password);
  });

  it('stores argon2id with 19456 KiB, two passes and one lane', () => {
    assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  it('never makes the same hash twice', async () => {
    assert.notEqual(await hasher.hash(password), stored);
  });

  it('accepts the password and nothing else', async () => {
    assert.deepEqual(await hasher.verify(stored, password), { isValid: true, needsRehash: false });
    assert.deepEqual(await hasher.verify(stored, `${password} `), { isValid: false, needsRehash: false });
  });

  it('takes the same Devanagari word in either spelling of its code points', async () => {
    const composed = await hasher.hash('\u095Cपरवलय');
    assert.equal((await hasher.verify(composed, '\u0921\u093Cपरवलय')).isValid, true);
  });

  it('asks for a new hash when the parameters have changed since', async () => {
    const older = new PasswordHasher(queue, { ...HASH_PARAMETERS, memoryCost: 12_288, timeCost: 3 });
    assert.deepEqual(await hasher.verify(await older.hash(password), password), {
      isValid: true,
      needsRehash: true,
    });
  });

  it('refuses a stored hash that would take more memory than the ceiling, without running it', async () => {
    const costly = stored.replace('m=19456', 'm=4194304');
    await assert.rejects(hasher.verify(costly, password), StoredHashRefusedError);
  });

  it('refuses a malformed stored hash', async () => {
    await assert.rejects(hasher.verify('$2b$12$abcdefghijklmnopqrstuv', password), StoredHashRefusedError);
  });

  it('says no for an account that does not exist', async () => {
    assert.deepEqual(await hasher.verifyNothing(password), { isValid: false, needsRehash: false });
  });
});
