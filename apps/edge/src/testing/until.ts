import assert from 'node:assert/strict';

const DEADLINE_MS = 20_000;

/** Waits for something that must come true soon. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, 'did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
