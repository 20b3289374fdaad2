import { LRUCache } from 'lru-cache';
import { S3Fifo } from '../../src/memory/s3-fifo.ts';
import type { Fifo, Queued } from '../../src/memory/fifo.ts';
import { seeded } from '../../src/testing/seeded.ts';
import { machine } from './rates.ts';

/*
 * Hit ratio and speed of our eviction against lru-cache, on made-up accesses with a fixed seed, both bounded by bytes:
 * `node libs/cache/bench/memory/eviction.ts`.
 */
const ACCESSES = 1_000_000;

interface Access {
  readonly key: string;
  readonly bytes: number;
}

interface Trace {
  readonly name: string;
  readonly accesses: readonly Access[];
  readonly bytesMax: number;
}

class Entry implements Queued {
  readonly key: string;
  readonly bytes: number;
  uses = 0;
  queue: Fifo<this> | undefined = undefined;
  older: this | undefined = undefined;
  newer: this | undefined = undefined;

  constructor({ key, bytes }: Access) {
    this.key = key;
    this.bytes = bytes;
  }
}

interface Policy {
  readonly name: string;
  readonly create: (bytesMax: number) => {
    readonly has: (key: string) => boolean;
    readonly add: (access: Access) => void;
  };
}

const policies: readonly Policy[] = [
  {
    name: 'lru-cache',
    create: (maxSize) => {
      const cache = new LRUCache<string, Access>({ maxSize, sizeCalculation: ({ bytes }) => bytes });
      return {
        has: (key) => cache.get(key) !== undefined,
        add: (access) => void cache.set(access.key, access),
      };
    },
  },
  {
    name: 'S3-FIFO',
    create: (bytesMax) => {
      const cache = new S3Fifo<Entry>({ bytesMax, entriesMax: Infinity, onEvict: () => undefined });
      return { has: (key) => cache.get(key) !== undefined, add: (access) => cache.set(new Entry(access)) };
    },
  },
];

/** Ranks from 0, the frequency of rank r in proportion to 1 / (r + 1) ** exponent. */
function zipf(count: number, exponent: number, random: () => number): () => number {
  const cumulated = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) cumulated[rank] = sum += 1 / (rank + 1) ** exponent;
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulated[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function generate(length: number, next: (index: number) => Access): readonly Access[] {
  return Array.from({ length }, (_, index) => next(index));
}

/** Lessons and courses that all read, in a term that moves on, and every reader's own progress as noise. */
function catalogue(share: number): Trace {
  const random = seeded(4);
  const lessons = Array.from({ length: 40 * 40 * 2 }, (_, id) => ({
    key: `lesson:${id >> 1}:${id & 1 ? 'hi' : 'en'}`,
    bytes: 3_000 + Math.floor(random() * 30_000),
  }));
  const rank = zipf(lessons.length, 0.9, random);
  const users = 50_000;
  const accesses = generate(ACCESSES, (index) => {
    if (random() < 0.3) return { key: `progress:${Math.floor(random() * users)}`, bytes: 700 };
    const drift = Math.floor(index / 20_000) * 7;
    return lessons[(rank() + drift) % lessons.length] as Access;
  });
  const total = lessons.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    name: `catalogue, room for ${share * 100} % of it`,
    accesses,
    bytesMax: Math.round(total * share),
  };
}

function plainZipf(exponent: number, entries: number): Trace {
  const rank = zipf(100_000, exponent, seeded(1));
  return {
    name: `zipf ${exponent}, ${entries} of 100000`,
    accesses: generate(ACCESSES, () => ({ key: `key:${rank()}`, bytes: 1_000 })),
    bytesMax: entries * 1_000,
  };
}

/** One access in five goes through everything there is, once. */
function scanned(entries: number): Trace {
  const random = seeded(2);
  const rank = zipf(100_000, 1, random);
  let next = 0;
  const accesses = generate(ACCESSES, () =>
    random() < 0.2 ? { key: `scan:${next++}`, bytes: 1_000 } : { key: `key:${rank()}`, bytes: 1_000 },
  );
  return { name: `zipf 1 + 20 % scan, ${entries} of 100000`, accesses, bytesMax: entries * 1_000 };
}

/** All interest moves to other keys, ten times. */
function moving(entries: number): Trace {
  const rank = zipf(100_000, 1, seeded(3));
  const accesses = generate(ACCESSES, (index) => ({
    key: `key:${(rank() + Math.floor(index / 100_000) * 10_000) % 100_000}`,
    bytes: 1_000,
  }));
  return { name: `zipf 1 that moves, ${entries} of 100000`, accesses, bytesMax: entries * 1_000 };
}

const traces = [
  () => catalogue(0.05),
  () => catalogue(0.2),
  () => catalogue(0.5),
  () => plainZipf(0.8, 1_000),
  () => plainZipf(0.8, 10_000),
  () => scanned(1_000),
  () => scanned(10_000),
  () => moving(1_000),
  () => moving(10_000),
];

process.stdout.write(`${machine()}; hit ratio of ${ACCESSES} accesses, and accesses a second\n\n`);
for (const createTrace of traces) {
  const { name, accesses, bytesMax } = createTrace();
  const results = policies.map(({ name: policy, create }) => {
    const cache = create(bytesMax);
    let hits = 0;
    const startedAt = performance.now();
    for (const access of accesses) {
      if (cache.has(access.key)) hits++;
      else cache.add(access);
    }
    const rate = accesses.length / (performance.now() - startedAt) / 1_000;
    return `${policy} ${((hits / accesses.length) * 100).toFixed(1)} % ${rate.toFixed(1)} M/s`;
  });
  process.stdout.write(`${name.padEnd(40)} ${results.join('   ')}\n`);
}
