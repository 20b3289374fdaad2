import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import type { CacheStats } from '../index.ts';

const MIB = 2 ** 20;

interface Report extends CacheStats {
  readonly held: number;
  readonly rss: number;
}

/** Offers 500 MiB of such values to a cache of 64 MiB, in a process of its own that would die of much more. */
async function offer(kind: string): Promise<Report> {
  const execArgv = ['--expose-gc', '--max-old-space-size=128', '--max-semi-space-size=4'];
  const child = fork(new URL('../testing/filler.ts', import.meta.url), [kind], { execArgv });
  const exited = once(child, 'exit');
  const [report] = (await once(child, 'message')) as [Report];
  assert.deepEqual(await exited, [0, null]);
  return report;
}

for (const kind of ['buffers', 'slices of chunks', 'texts', 'objects']) {
  test(`500 MiB of ${kind} offered to 64 MiB: what the process holds on to stays within the bound`, async (t) => {
    const { held, rss, bytes, evictions } = await offer(kind);
    t.diagnostic(`holds ${held / MIB} MiB, counts ${bytes / MIB} MiB, RSS ${rss / MIB} MiB`);
    assert.ok(bytes <= 64 * MIB);
    assert.ok(held < 1.15 * 64 * MIB, `${held / MIB} MiB`);
    assert.ok(rss < 400 * MIB, `RSS ${rss / MIB} MiB`);
    if (kind !== 'slices of chunks') assert.ok(evictions > 0 && held > 40 * MIB, 'the room is used');
  });
}

test('values that are too large are not kept', async () => {
  const { held, entries } = await offer('too large');
  assert.equal(entries, 0);
  assert.ok(held < 10 * MIB, `${held / MIB} MiB`);
});
