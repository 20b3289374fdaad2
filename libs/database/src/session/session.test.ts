import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseWalPosition } from '../wal-position.ts';
import { createSession, currentSession, runInSession } from './session.ts';

const at = parseWalPosition;

test('a new session reads anywhere; an older one only where its position is shown', () => {
  assert.equal(createSession().canReadAt(undefined), true);
  const session = createSession('0/200');
  assert.equal(session.canReadAt(undefined), false);
  assert.equal(session.canReadAt(at('0/1FF')), false);
  assert.equal(session.canReadAt(at('0/200')), true);
});

test('a position only grows', () => {
  const session = createSession('0/200');
  session.advance('0/100');
  assert.equal(session.position, '0/200');
  session.advance('1/0');
  assert.equal(session.position, '1/0');
  assert.throws(() => session.advance('soon'), TypeError);
});

test('while a write runs, and after one whose end is unknown, nothing but the primary will do', async () => {
  const session = createSession();
  await session.track(async () => {
    assert.equal(session.canReadAt(at('F/0')), false);
  });
  assert.equal(session.canReadAt(at('F/0')), true);
  session.wroteUpTo(undefined);
  assert.equal(session.canReadAt(at('F/0')), false);
  session.wroteUpTo('0/300');
  assert.equal(session.canReadAt(at('F/0')), true);
  assert.equal(session.wrote, true);
});

test('the current session follows asynchronous work and ends with it', async () => {
  const session = createSession();
  await runInSession(session, async () => {
    await Promise.resolve();
    assert.equal(currentSession(), session);
  });
  assert.equal(currentSession(), undefined);
});
