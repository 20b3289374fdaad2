import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bannedPasswords, PASSWORD_LENGTH_MIN, passwordFault } from './password-rules.ts';

const owner = { email: 'priyanka.sharma@example.in', name: 'Priyanka Sharma' };

describe('passwordFault', () => {
  it('refuses the passwords that are guessed first', () => {
    for (const password of [
      'password',
      '12345678',
      'Password123',
      'qwertyuiop',
      'india123',
      'jaishreeram',
      'sachin10',
    ]) {
      assert.equal(passwordFault(password, owner), 'common', password);
    }
  });

  it('refuses one character over and over', () => {
    for (const password of ['zzzzzzzzzzzzzzz', '        ', '       z']) {
      assert.equal(passwordFault(password, owner), 'common', password);
    }
  });

  it('refuses the address, its first part and the name of its owner', () => {
    for (const password of [
      'priyanka.sharma@example.in',
      'Priyanka.Sharma',
      'priyanka sharma',
      'PriyankaSharma',
    ]) {
      assert.equal(passwordFault(password, owner), 'personal', password);
    }
  });

  it('asks for no kinds of characters', () => {
    assert.equal(passwordFault('tamarind seeds rattle', owner), undefined);
    assert.equal(passwordFault('इमली के बीज', owner), undefined);
  });
});

describe('bannedPasswords', () => {
  it('holds only folded entries that the length rule would let through', () => {
    for (const password of bannedPasswords) {
      assert.ok(password.length >= PASSWORD_LENGTH_MIN, password);
      assert.equal(password, password.trim().toLowerCase());
    }
  });

  it('has the size that the README states', () => {
    assert.equal(bannedPasswords.size, 1_892);
  });
});
