import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EMAIL_PATTERN, normalizeEmail } from './email-address.ts';

const pattern = new RegExp(EMAIL_PATTERN, 'u');

describe('email address', () => {
  it('is compared without case and surrounding spaces', () => {
    assert.equal(normalizeEmail('  Asha.Rao@Example.IN\n'), 'asha.rao@example.in');
    assert.equal(normalizeEmail('cafe\u0301@example.in'), normalizeEmail('caf\u00E9@example.in'));
  });

  it('takes ordinary, tagged, local-domain and Devanagari addresses', () => {
    for (const email of [
      'a@b.in',
      ' asha+maths@school.edu.in ',
      'student@ganitagya.local',
      'आशा@उदाहरण.भारत',
    ]) {
      assert.match(email, pattern);
    }
  });

  it('refuses what cannot be an address', () => {
    for (const email of [
      '',
      'asha',
      'asha@',
      '@b.in',
      'asha@localhost',
      'a b@c.in',
      'a\0b@c.in',
      'a\ud800@c.in',
      'a@b@c.in',
      'a@b..in',
      'a@.in',
    ]) {
      assert.doesNotMatch(email, pattern);
    }
  });

  it('answers at once for a hostile address', () => {
    const startedAt = performance.now();
    assert.doesNotMatch(`a@${'b.'.repeat(126)}`, pattern);
    assert.ok(performance.now() - startedAt < 50);
  });
});
