import assert from 'node:assert/strict';
import { test } from 'node:test';

import { waitFor } from './wait-for.ts';

test('gives the first truthy value, passing over errors', async () => {
  let calls = 0;
  const value = await waitFor(
    () => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
      return calls === 3 && 'ready';
    },
    { intervalMs: 1 },
  );
  assert.equal(value, 'ready');
  assert.equal(calls, 3);
});

test('names what did not happen, with the last error as its cause', async () => {
  const cause = new Error('still down');
  await assert.rejects(
    waitFor(() => Promise.reject(cause), { timeoutMs: 5, intervalMs: 1, what: 'Redis' }),
    (error) => {
      assert.ok(error instanceof Error);
      assert.equal(error.message, 'Redis did not come true within 5 ms');
      assert.equal(error.cause, cause);
      return true;
    },
  );
});

test('ends when it is aborted', async () => {
  await assert.rejects(
    waitFor(() => false, { signal: AbortSignal.timeout(5) }),
    { name: /AbortError|TimeoutError/ },
  );
});
