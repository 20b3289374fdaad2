import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimedOutError } from '@ganitagya/resilience';
import { ReplyError } from 'ioredis';
import { Circuit } from './circuit.ts';

function setUp() {
  const changes: string[] = [];
  const circuit = new Circuit({ onChange: (from, to) => changes.push(`${from} ${to}`) });
  return { circuit, changes };
}

const late = () => new TimedOutError('redis', 'late');

test('a lost connection opens it at once', () => {
  const { circuit, changes } = setUp();
  circuit.failed(new Error('Connection is closed.'), performance.now());
  assert.deepEqual(changes, ['closed open']);
  assert.equal(circuit.admit(), false);
});

test('a late answer opens it until it comes after all', () => {
  const { circuit, changes } = setUp();
  circuit.failed(late(), performance.now());
  assert.equal(circuit.admit(), false);
  circuit.answered();
  assert.equal(circuit.admit(), true);
  circuit.failed(new Error('Command timed out'), performance.now());
  assert.deepEqual(changes, ['closed open', 'open closed', 'closed open']);
});

test('a late answer means nothing when a later call was answered', () => {
  const { circuit, changes } = setUp();
  const startedAt = performance.now() - 50;
  circuit.answered();
  circuit.failed(late(), startedAt);
  assert.deepEqual(changes, []);
});

test('calls that waited side by side open it once', () => {
  const { circuit, changes } = setUp();
  for (let i = 0; i < 100; i++) circuit.failed(late(), performance.now());
  assert.deepEqual(changes, ['closed open']);
});

test('an error as an answer proves Redis alive', () => {
  const { circuit } = setUp();
  circuit.failed(late(), performance.now());
  circuit.failed(new (ReplyError as ErrorConstructor)('OOM command not allowed'), performance.now());
  assert.equal(circuit.admit(), true);
});

test('after a second one call probes, and decides', (t) => {
  t.mock.method(performance, 'now', () => now);
  let now = 1_000;
  const { circuit, changes } = setUp();
  circuit.failed(new Error('refused'), now);
  now += 999;
  assert.equal(circuit.admit(), false);
  now += 1;
  assert.deepEqual([circuit.admit(), circuit.admit()], [true, false]);
  circuit.failed(late(), now);
  assert.equal(circuit.admit(), false, 'one late probe is enough to stay open');
  now += 1_000;
  assert.equal(circuit.admit(), true);
  circuit.answered();
  assert.equal(circuit.admit(), true);
  assert.deepEqual(changes, [
    'closed open',
    'open half-open',
    'half-open open',
    'open half-open',
    'half-open closed',
  ]);
});
