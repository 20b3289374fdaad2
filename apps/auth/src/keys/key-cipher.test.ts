import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KeyCipher, KeyCipherError } from './key-cipher.ts';

const cipher = new KeyCipher('a secret that is long enough for anyone');
const encrypted = cipher.encrypt('{"d":"private"}', 'key-1');

describe('KeyCipher', () => {
  it('opens what it closed, for the same name', () => {
    assert.equal(cipher.decrypt(encrypted, 'key-1'), '{"d":"private"}');
  });

  it('shows nothing of the text and never writes the same bytes twice', () => {
    assert.equal(encrypted.includes('private'), false);
    assert.notDeepEqual(cipher.encrypt('{"d":"private"}', 'key-1'), encrypted);
  });

  it('refuses another name, another secret, and any changed byte', () => {
    assert.throws(() => cipher.decrypt(encrypted, 'key-2'), KeyCipherError);
    assert.throws(
      () => new KeyCipher('another secret that is long enough').decrypt(encrypted, 'key-1'),
      KeyCipherError,
    );
    for (let index = 0; index < encrypted.length; index += 1) {
      const changed = Buffer.from(encrypted);
      changed[index] = (changed[index] ?? 0) ^ 1;
      assert.throws(() => cipher.decrypt(changed, 'key-1'), KeyCipherError, `byte ${index}`);
    }
    assert.throws(() => cipher.decrypt(encrypted.subarray(0, 20), 'key-1'), KeyCipherError);
  });
});
