import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { createPolicies, isBulkheadFull, isCircuitOpen, isTimedOut } from '../index.ts';

const never = () => new Promise<never>(() => undefined);
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a call passes value, error and a live signal through', async () => {
  const policies = createPolicies({ plain: {} });
  assert.equal(await policies.execute('plain', () => 42), 42);
  await assert.rejects(
    policies.execute('plain', () => {
      throw new Error('mine');
    }),
    /^Error: mine$/,
  );
  const signal = await policies.execute('plain', (context) => context.signal);
  assert.equal(signal.aborted, false);
});

test('a success never aborts the signal of its work', async () => {
  const policies = createPolicies({ stream: { timeoutMs: 1_000, retry: { attempts: 2 }, breaker: {} } });
  const signal = await policies.execute('stream', (context) => context.signal);
  await settle();
  assert.equal(signal.aborted, false);
});

test('a time-out rejects in time although the work ignores its signal', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const policies = createPolicies({ slow: { timeoutMs: 100 } });
  const seen: unknown[] = [];
  policies.events.on('timeout', (event) => seen.push(event));
  let inner: AbortSignal | undefined;
  const call = policies.execute('slow', ({ signal }) => {
    inner = signal;
    return never();
  });
  t.mock.timers.tick(100);
  await assert.rejects(call, (error) => isTimedOut(error) && error.policy === 'slow');
  assert.equal(inner?.aborted, true);
  assert.deepEqual(seen, [{ name: 'slow', timeoutMs: 100 }]);
});

test('each attempt has the whole time-out, and a time-out is retried', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const policies = createPolicies({
    slow: { timeoutMs: 100, retry: { attempts: 2, baseMs: 10, maxMs: 10 } },
  });
  let attempts = 0;
  const call = policies.execute('slow', () => (++attempts === 1 ? never() : 'second'));
  t.mock.timers.tick(100);
  await settle();
  t.mock.timers.tick(10);
  assert.equal(await call, 'second');
});

test('the caller sees its own reason when it aborts, at once, and no fallback runs', async () => {
  const policies = createPolicies({ slow: { retry: { attempts: 3 }, breaker: {} } });
  const controller = new AbortController();
  const reason = new Error('hung up');
  const call = policies.execute('slow', never, {
    signal: controller.signal,
    fallback: () => assert.fail('must not run'),
  });
  controller.abort(reason);
  await assert.rejects(call, reason);
  assert.equal(policies.states().slow, 'closed');
});

test('fallback gets the last error, after all retries, and tells of itself', async () => {
  const policies = createPolicies({ model: { retry: { attempts: 3, baseMs: 0, maxMs: 0 } } });
  const seen: string[] = [];
  policies.events.on('retry', ({ attempt }) => seen.push(`retry ${attempt}`));
  policies.events.on('fallback', ({ name }) => seen.push(`fallback ${name}`));
  let attempts = 0;
  const answer = await policies.execute(
    'model',
    () => {
      throw new Error(`failure ${++attempts}`);
    },
    { fallback: (error) => `instead of ${String(error)}` },
  );
  assert.equal(answer, 'instead of Error: failure 3');
  assert.deepEqual(seen, ['retry 1', 'retry 2', 'fallback model']);
});

test('fallback answers refusals too', async () => {
  const policies = createPolicies({ busy: { bulkhead: { concurrent: 1, queue: 0 } } });
  const controller = new AbortController();
  const first = policies.execute('busy', never, { signal: controller.signal });
  assert.equal(await policies.execute('busy', () => 'real', { fallback: () => 'fallback' }), 'fallback');
  controller.abort(new Error('end of test'));
  await assert.rejects(first);
});

test('the breaker is inside the retry: each attempt counts, and an open circuit is not retried', async () => {
  const policies = createPolicies({
    down: { retry: { attempts: 10, baseMs: 0, maxMs: 0 }, breaker: { failures: 3 } },
  });
  let calls = 0;
  const fail = () => {
    calls++;
    throw new Error('down');
  };
  await assert.rejects(policies.execute('down', fail), isCircuitOpen);
  assert.equal(calls, 3);
  await assert.rejects(policies.execute('down', fail), isCircuitOpen);
  assert.equal(calls, 3);
});

test('a full bulkhead neither opens the circuit nor hides failures from it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const policies = createPolicies({
    frozen: { timeoutMs: 50, breaker: { failures: 2 }, bulkhead: { concurrent: 1, queue: 0 } },
  });
  for (const expected of ['closed', 'open'] as const) {
    const call = policies.execute('frozen', never);
    for (let surplus = 0; surplus < 10; surplus++) {
      await assert.rejects(policies.execute('frozen', never), isBulkheadFull);
    }
    t.mock.timers.tick(50);
    await assert.rejects(call, isTimedOut);
    assert.equal(policies.states().frozen, expected);
  }
});

test('no listeners stay on a long-lived signal', async () => {
  const policies = createPolicies({
    all: {
      retry: { attempts: 2, baseMs: 0, maxMs: 0 },
      breaker: { failures: 1_000 },
      bulkhead: { concurrent: 1, queue: 100 },
    },
  });
  const { signal } = new AbortController();
  const calls = Array.from({ length: 50 }, (_, index) =>
    policies.execute(
      'all',
      async () => {
        if (index % 2) throw new Error('odd');
      },
      { signal },
    ),
  );
  await Promise.allSettled(calls);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('a wrong number in the table is refused with row and field', () => {
  const refused: [Parameters<typeof createPolicies>[0], RegExp][] = [
    [{ a: { timeoutMs: 0 } }, /policy a: timeoutMs/],
    [{ b: { retry: { attempts: 0 } } }, /policy b: attempts/],
    [{ c: { retry: { attempts: 2, baseMs: 20, maxMs: 10 } } }, /policy c: maxMs/],
    [{ d: { breaker: { failures: 1.5 } } }, /policy d: failures/],
    [{ e: { bulkhead: { concurrent: 0, queue: 0 } } }, /policy e: concurrent/],
    [{ f: { bulkhead: { concurrent: 1, queue: -1 } } }, /policy f: queue/],
    [{ g: { timeoutMs: Number.NaN } }, /policy g: timeoutMs/],
  ];
  for (const [table, message] of refused) assert.throws(() => createPolicies(table), message);
});

test('an unknown name is refused', async () => {
  const policies: { execute(name: string, work: () => unknown): Promise<unknown> } = createPolicies({
    known: {},
  });
  await assert.rejects(
    policies.execute('unknown', () => 1),
    /no policy named unknown/,
  );
});
