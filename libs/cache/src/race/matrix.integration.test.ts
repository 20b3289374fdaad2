import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startRedis } from '@ganitagya/testing';
import type { RedisServer } from '@ganitagya/testing';
import { openControlled } from '../testing/controlled-instance.ts';
import type { ControlledInstance } from '../testing/controlled-instance.ts';
import { mustNotLoad, reach, settled, STALE_MS } from './reach.ts';
import type { Scene } from './reach.ts';
import { allRows, nameOf } from './rows.ts';
import type { Row } from './rows.ts';

const cleanups: (() => Promise<void>)[] = [];
let server: RedisServer;
let instances: readonly [ControlledInstance, ControlledInstance, ControlledInstance];

before(async () => {
  server = await startRedis();
  const open = () =>
    openControlled({ after: (clean) => cleanups.push(clean) }, server.url, { clock: () => now });
  instances = await Promise.all([open(), open(), open()]);
});
after(async () => {
  await Promise.all(cleanups.map((clean) => clean()));
  await server.stop();
});

let now = 0;
let rows = 0;

/** Plays the row; afterwards nobody may have, or be given, what was true before the invalidation. */
async function play(row: Row): Promise<void> {
  const [reader, other, third] = instances;
  const [writer, listener] = row.by === 'own' ? [reader, other] : [other, reader];
  const key = `key ${++rows}`;
  const tag = `tag ${rows}`;
  let truth = 'old';
  const options = { tags: row.kind.tags(tag), ...(row.mode === 'background' && { staleMs: STALE_MS }) };
  const scene: Scene = {
    reader,
    other,
    key,
    options,
    load: () => truth,
    advance: (ms) => {
      now += ms;
    },
  };

  const reached = await reach(scene, row.mode, row.point);
  const unheard = row.hearing === 'heard late' ? listener.holdMessages() : undefined;
  truth = 'new';
  await row.kind.invalidate(writer.cache, key, tag);
  assert.notEqual(writer.cache.peek(key), 'old', 'at once, for the one who invalidates');
  if (!unheard) {
    await listener.hear();
    assert.notEqual(listener.cache.peek(key), 'old', 'at once, for the one who heard');
  }
  const read = ({ cache }: ControlledInstance, load = scene.load) => cache.getOrSet(key, load, options);
  if (row.kind.isSet) {
    assert.equal(await read(writer), 'new', 'who comes later does not join the older load');
    await settled(writer);
    if (!unheard) assert.equal(await read(listener), 'new');
  }
  await reached.finish();
  assert.equal(await read(third), 'new', 'in Redis');
  await settled(third);
  unheard?.release();
  await listener.hear();
  for (const instance of instances) {
    assert.notEqual(instance.cache.peek(key), 'old', 'in memory');
    // Whoever sets has stored: an older load must not have taken that away.
    assert.equal(await read(instance, row.kind.isSet ? mustNotLoad : scene.load), 'new');
  }
}

describe('an invalidation lands, and nothing older is kept or given', () => {
  for (const row of allRows()) test(nameOf(row), () => play(row));
});
