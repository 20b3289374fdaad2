import { createCache } from '../index.ts';

/*
 * Offers many times more values to a cache than it may keep, and says what the process then holds on to; started by
 * a test with the kind of value and --expose-gc.
 */
const BYTES_MAX = 64 * 2 ** 20;
const OFFERED = 500 * 2 ** 20;

const kinds: Readonly<Record<string, { readonly bytes: number; readonly make: (id: number) => unknown }>> = {
  buffers: { bytes: 2 ** 20, make: () => Buffer.alloc(2 ** 20, 'x') },
  'slices of chunks': { bytes: 2 ** 16, make: () => ({ body: Buffer.alloc(2 ** 16).subarray(0, 500) }) },
  texts: { bytes: 2 ** 18, make: (id) => ({ html: `${id} ${'गणित '.repeat(26_000)}` }) },
  objects: {
    bytes: 2 ** 16,
    make: (id) =>
      Array.from({ length: 700 }, (_, index) => ({ id: id * 1_000 + index, done: true, at: 0.5 })),
  },
  'too large': { bytes: 50 * 2 ** 20, make: () => Buffer.alloc(50 * 2 ** 20) },
};

async function held(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    global.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const kind = kinds[process.argv[2] ?? ''];
if (!kind) throw new Error(`unknown kind of value: ${process.argv[2]}`);
const cache = createCache({ namespace: 'test', memory: { bytesMax: BYTES_MAX } });
const before = await held();
for (let id = 0; id < OFFERED / kind.bytes; id++) {
  await cache.getOrSet(`key ${id}`, () => kind.make(id));
}
process.send?.({ held: (await held()) - before, rss: process.memoryUsage().rss, ...cache.stats() });
process.disconnect();
