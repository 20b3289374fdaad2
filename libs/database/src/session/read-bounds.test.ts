import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseWalPosition } from '../wal-position.ts';
import type { Shown } from './read-bounds.ts';
import { createSession } from './session.ts';

/** A host whose probes are made by hand. */
function createHost() {
  const host = {
    position: undefined as bigint | undefined,
    shown: undefined as Shown | undefined,
    incarnation: 0,
    probe(position: string, askedAtMs = performance.now()) {
      host.position = parseWalPosition(position);
      host.shown = { position: host.position, beforeMs: askedAtMs };
    },
  };
  return host;
}

function setUp() {
  const hosts = [createHost(), createHost(), createHost()] as const;
  for (const host of hosts) host.probe('0/100');
  const [primary, a, b] = hosts;
  return { primary, a, b, session: createSession() };
}

test('after a read only the same replica is certain to show no less, until a probe tells how much it was', () => {
  const { primary, a, b, session } = setUp();
  const askedAtMs = performance.now();
  const endRead = session.beginRead(a);
  assert.deepEqual(
    [a, b].map((host) => session.canReadFrom(host, primary)),
    [true, false],
  );
  endRead();
  // Sent before the read ended: tells nothing of it.
  a.probe('0/180', askedAtMs - 1);
  assert.equal(session.canReadFrom(b, primary), false);
  a.probe('0/200');
  assert.deepEqual(
    [a, b].map((host) => session.canReadFrom(host, primary)),
    [true, false],
  );
  b.probe('0/200');
  assert.equal(session.canReadFrom(b, primary), true);
  assert.equal(session.position, '0/200');
});

test('the bound is what the replica showed, also where the primary was probed sooner and is further', () => {
  const { primary, a, b, session } = setUp();
  session.beginRead(a)();
  primary.probe('0/500');
  assert.deepEqual(
    [a, b].map((host) => session.canReadFrom(host, primary)),
    [true, false],
  );
  a.probe('0/200');
  b.probe('0/200');
  assert.deepEqual(
    [a, b].map((host) => session.canReadFrom(host, primary)),
    [true, true],
  );
});

test('after reads on two replicas neither is certain', () => {
  const { primary, a, b, session } = setUp();
  for (const host of [a, b]) session.beginRead(host)();
  assert.deepEqual(
    [a, b].map((host) => session.canReadFrom(host, primary)),
    [false, false],
  );
  a.probe('0/300');
  b.probe('0/200');
  assert.deepEqual(
    [a, b].map((host) => session.canReadFrom(host, primary)),
    [true, false],
  );
});

test('a replica that was away may have fallen back: the primary tells the bound', () => {
  const { primary, a, b, session } = setUp();
  session.beginRead(a)();
  a.incarnation += 1;
  a.probe('0/150');
  assert.deepEqual(
    [a, b].map((host) => session.canReadFrom(host, primary)),
    [false, false],
  );
  primary.probe('0/200');
  assert.deepEqual(
    [a, b].map((host) => session.canReadFrom(host, primary)),
    [false, false],
  );
  a.probe('0/200');
  assert.equal(session.canReadFrom(a, primary), true);
});

test('a read of the primary binds as well', () => {
  const { primary, a, session } = setUp();
  session.beginRead(primary)();
  assert.equal(session.canReadFrom(a, primary), false);
  primary.probe('0/200');
  assert.equal(session.canReadFrom(a, primary), false);
  a.probe('0/200');
  assert.equal(session.canReadFrom(a, primary), true);
});

test('a read that is still under way is not settled by any probe', () => {
  const { primary, a, b, session } = setUp();
  const endRead = session.beginRead(a);
  for (const host of [primary, a, b]) host.probe('0/400');
  assert.equal(session.canReadFrom(b, primary), false);
  assert.deepEqual(session.unsettledHosts, [a]);
  endRead();
  for (const host of [primary, a, b]) host.probe('0/400');
  assert.equal(session.canReadFrom(b, primary), true);
});

test('a write whose position was not learnt is not behind what the primary says after it', () => {
  const { primary, a, session } = setUp();
  const askedAtMs = performance.now();
  session.wroteUpTo(undefined);
  primary.probe('0/180', askedAtMs - 1);
  a.probe('0/900');
  // The write may have come after that.
  assert.equal(session.canReadFrom(a, primary), false);
  assert.equal(session.isSettled, false);
  assert.equal(session.position, undefined);
  primary.probe('0/200');
  assert.equal(session.canReadFrom(a, primary), true);
  assert.equal(session.isSettled, true);
  assert.equal(session.position, '0/200');
});
