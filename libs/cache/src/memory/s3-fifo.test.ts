import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeded } from '../testing/seeded.ts';
import type { Fifo, Queued } from './fifo.ts';
import { S3Fifo } from './s3-fifo.ts';

class Entry implements Queued {
  readonly key: string;
  readonly bytes: number;
  uses = 0;
  queue: Fifo<this> | undefined = undefined;
  older: this | undefined = undefined;
  newer: this | undefined = undefined;

  constructor(key: string, bytes = 1) {
    this.key = key;
    this.bytes = bytes;
  }
}

function setUp(bytesMax: number, entriesMax = Infinity) {
  const evicted: Entry[] = [];
  const cache = new S3Fifo<Entry>({ bytesMax, entriesMax, onEvict: (entry) => evicted.push(entry) });
  return { cache, evicted };
}

test('random operations: the bounds hold, what was deleted is gone, nothing is lost but by eviction', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  t.diagnostic(`seed ${seed}`);
  const random = seeded(seed);
  for (let run = 0; run < 40; run++) {
    const bytesMax = 100 + Math.floor(random() * 5_000);
    const entriesMax = random() < 0.5 ? Infinity : 1 + Math.floor(random() * 60);
    const { cache, evicted } = setUp(bytesMax, entriesMax);
    const model = new Map<string, Entry>();
    for (let step = 0; step < 2_000; step++) {
      const key = `key ${Math.floor(random() ** 2 * 200)}`;
      const chance = random();
      if (chance < 0.4) {
        const entry = new Entry(key, 1 + Math.floor(random() ** 4 * bytesMax));
        cache.set(entry);
        for (const gone of evicted.splice(0)) {
          assert.equal(model.get(gone.key), gone, 'only what was kept is evicted, and once');
          model.delete(gone.key);
        }
        model.set(key, entry);
      } else if (chance < 0.9) {
        assert.equal(cache.get(key), model.get(key), `run ${run}, step ${step}: get ${key}`);
      } else if (chance < 0.998) {
        cache.delete(key);
        model.delete(key);
        assert.equal(cache.peek(key), undefined);
      } else {
        cache.clear();
        model.clear();
      }
      const bytes = [...model.values()].reduce((sum, entry) => sum + entry.bytes, 0);
      assert.equal(cache.bytes, bytes);
      assert.equal(cache.size, model.size);
      assert.ok(bytes <= bytesMax && model.size <= entriesMax);
      assert.equal(evicted.length, 0, 'evicts only to make room');
    }
  }
});

test('a scan passes through and leaves what is used', () => {
  const { cache } = setUp(100);
  for (let i = 0; i < 50; i++) cache.set(new Entry(`used ${i}`));
  for (let i = 0; i < 50; i++) cache.get(`used ${i}`);
  for (let i = 0; i < 10_000; i++) cache.set(new Entry(`scanned ${i}`));
  for (let i = 0; i < 50; i++) assert.ok(cache.get(`used ${i}`), `used ${i}`);
});

test('what was used once and never again leaves in the end', () => {
  const { cache } = setUp(100);
  cache.set(new Entry('old'));
  cache.get('old');
  for (let i = 0; i < 10_000; i++) {
    cache.set(new Entry(`new ${i}`));
    cache.get(`new ${i}`);
  }
  assert.equal(cache.peek('old'), undefined);
});

test('a key that comes back soon after it left is kept through the next scan', () => {
  const { cache } = setUp(100);
  cache.set(new Entry('back'));
  for (let i = 0; i < 100; i++) cache.set(new Entry(`first ${i}`));
  assert.equal(cache.peek('back'), undefined);
  cache.set(new Entry('back'));
  for (let i = 0; i < 1_000; i++) cache.set(new Entry(`second ${i}`));
  assert.ok(cache.peek('back'));
});

test('what was proved and then deleted is proved when it comes back', () => {
  const { cache } = setUp(100);
  cache.set(new Entry('proved'));
  cache.get('proved');
  for (let i = 0; i < 200; i++) cache.set(new Entry(`first ${i}`));
  cache.delete('proved');
  cache.set(new Entry('proved'));
  for (let i = 0; i < 1_000; i++) cache.set(new Entry(`second ${i}`));
  assert.ok(cache.peek('proved'));
});

test('one new entry does not wait while all used ones are passed over', () => {
  const { cache, evicted } = setUp(50_000);
  const entries = Array.from({ length: 50_000 }, (_, i) => new Entry(`used ${i}`));
  for (const entry of entries) cache.set(entry);
  for (const entry of entries) cache.get(entry.key);
  cache.set(new Entry('new'));
  assert.equal(evicted.length, 1);
  assert.ok(entries.filter(({ uses }) => uses === 0).length <= 100);
});
