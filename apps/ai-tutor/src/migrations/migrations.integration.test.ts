import assert from 'node:assert/strict';
import { test } from 'node:test';
import { migrate } from '@ganitagya/database';
import { startTutorDatabase } from '../testing/test-tutor.ts';
import { migrations } from './index.ts';

test('every migration can be taken back and run again', async (t) => {
  const { cluster, ownerUrl } = await startTutorDatabase();
  t.after(() => cluster.stop());
  const run = (direction: 'up' | 'down-one') =>
    migrate({ url: ownerUrl, schema: 'tutor', migrations, direction });
  const names = Object.keys(migrations);
  for (const name of [...names].reverse()) assert.deepEqual(await run('down-one'), [name]);
  assert.deepEqual(await run('up'), names);
});
