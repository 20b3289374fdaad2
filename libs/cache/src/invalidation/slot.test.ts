import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slotOf } from './slot.ts';

// As CLUSTER KEYSLOT of redis-server says.
test('keys are in the slots that Redis puts them in', () => {
  const slots = { '123456789': 12_739, foo: 12_182, 'cache:{foo}:entry:गणित': 12_182, 'a{}b': 13_694, '': 0 };
  for (const [key, slot] of Object.entries(slots)) assert.equal(slotOf(key), slot, key);
});
