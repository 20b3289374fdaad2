import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { processPart } from './process-part.ts';

async function started(t: TestContext, script: string, stopTimeoutMs: number) {
  const part = processPart(
    {
      name: 'part',
      command: process.execPath,
      args: ['-e', `${script}; setInterval(() => undefined, 1000); console.log('ready');`],
      cwd: import.meta.dirname,
      readyWhen: /ready/u,
      readyTimeoutMs: 20_000,
      exitSignal: 'SIGKILL',
    },
    stopTimeoutMs,
  );
  t.after(() => part.stop().catch(() => undefined));
  await part.start();
  return part;
}

describe('a part that is a process', () => {
  test('is asked to end, and is not killed when it does', async (t) => {
    const part = await started(t, "process.on('SIGTERM', () => process.exit(7))", 20_000);
    await part.stop();
    assert.deepEqual(await part.exited(), { code: 7, signal: null });
    await part.stop();
  });

  test('is killed at its bound, and that is not kept quiet', async (t) => {
    const part = await started(t, "process.on('SIGTERM', () => undefined)", 100);
    await assert.rejects(part.stop(), /killed after 100 ms/u);
    assert.deepEqual(await part.exited(), { code: null, signal: 'SIGKILL' });
  });
});
