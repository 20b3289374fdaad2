import { setTimeout as sleep } from 'node:timers/promises';

import { createRedis } from '../src/index.ts';
import type { Entrant } from './contestant.ts';
import { layeredField, rivalOf } from './field.ts';
import { median, type Table } from './testing/kit.ts';
import { withEntrants, withRedis } from './opened.ts';
import type { BenchOptions } from './options.ts';
import { EndedError, HungError, messageOf, type Handle } from './process/handle.ts';
import type { RedisServer } from './testing/parts.ts';

const LOAD_MS = 5;
const NEXT_CALLS = 20;
const HUNG_MS = 20_000;
const RECOVERED_MAX_MS = 10_000;
const STAGGER_MS = 700;

/** How Redis goes, and how it comes back. */
const FAULTS = {
  killed: { begin: (redis: RedisServer) => redis.kill(), end: (redis: RedisServer) => redis.start() },
  frozen: {
    begin: async (redis: RedisServer) => redis.freeze(),
    end: async (redis: RedisServer) => redis.thaw(),
  },
} as const;
type Fault = keyof typeof FAULTS;

/** What callers wait for while Redis is away. All at the same time, one after the other into the fault. */
export async function outage({ say }: BenchOptions): Promise<Table[]> {
  const entrants: Entrant[] = [
    ...layeredField('default', 'safe'),
    rivalOf('async-cache-dedupe', 'default'),
    rivalOf('async-cache-dedupe', 'safe'),
  ];
  const runs = entrants.flatMap((entrant) =>
    (Object.keys(FAULTS) as Fault[]).map((fault) => ({ entrant, fault })),
  );
  say(`Redis goes away from ${runs.length} processes; who hangs does so for ${HUNG_MS / 1_000} s`);
  const cells = await Promise.all(
    runs.map(async ({ entrant, fault }, index) => {
      await sleep(index * STAGGER_MS);
      return measure(entrant, fault).catch((error: unknown) => [messageOf(error)]);
    }),
  );
  return (Object.keys(FAULTS) as Fault[]).map((fault) => ({
    title: `Outage: Redis ${fault}, a load takes ${LOAD_MS} ms`,
    note: 'Calls are for keys that memory does not have. Back in use: a value is stored in Redis again.',
    columns: [
      'who',
      'first call ms',
      `next ${NEXT_CALLS}: median`,
      'slowest',
      'memory hits: slowest',
      'back in use',
    ],
    rows: runs.flatMap((run, index) =>
      run.fault === fault ? [[run.entrant.name, ...(cells[index] ?? [])]] : [],
    ),
  }));
}

function measure(entrant: Entrant, fault: Fault): Promise<readonly (string | number)[]> {
  return withRedis((redis) =>
    withEntrants([entrant], redis.url, async ([opened]) => {
      if (!opened) throw new Error('no process');
      const { handle } = opened;
      await handle.ask('calls', { prefix: 'warm-up', count: 20, loadMs: 1 });
      await handle.ask('get', { key: 'hot' });
      await FAULTS[fault].begin(redis);
      const hits = bounded(async () => {
        const { slowestMs, reloads } = await handle.ask('hits', { key: 'hot', durationMs: 1_000 }, HUNG_MS);
        return reloads > 0 ? 'has no memory' : slowestMs;
      });
      const first = await bounded(async () => (await callsOf(handle, 'first', 1))[0] ?? NaN);
      let next: readonly number[] = [];
      if (typeof first === 'number') next = await callsOf(handle, 'next', NEXT_CALLS).catch(() => []);
      const slowestHit = await hits;
      await FAULTS[fault].end(redis);
      const recovered = await recovery(handle, redis.url);
      return [
        first,
        ...(next.length > 0 ? [median(next), Math.max(...next)] : ['', '']),
        slowestHit,
        recovered,
      ];
    }),
  );
}

function callsOf(handle: Handle, prefix: string, count: number): Promise<number[]> {
  return handle.ask('calls', { prefix, count, loadMs: LOAD_MS }, HUNG_MS);
}

/** Loads one new key after the other until one of them is found in Redis. */
async function recovery(handle: Handle, url: string): Promise<string> {
  const start = performance.now();
  const admin = createRedis(url, { commandTimeoutMs: 5_000 });
  try {
    while (performance.now() - start < RECOVERED_MAX_MS) {
      // Who hangs here is not back; the next round asks again.
      await handle.ask('get', { key: `probe:${performance.now()}` }, 1_000).catch((error: unknown) => {
        if (error instanceof EndedError) throw error;
      });
      await sleep(10);
      if (admin.status === 'ready' && (await admin.keys('*probe:*')).length > 0) {
        return `${(performance.now() - start).toFixed(0)} ms`;
      }
    }
    return `not in ${RECOVERED_MAX_MS / 1_000} s`;
  } catch (error) {
    return messageOf(error);
  } finally {
    admin.disconnect();
  }
}

async function bounded(run: () => Promise<number | string>): Promise<number | string> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof HungError) return `hung > ${HUNG_MS / 1_000} s`;
    return messageOf(error);
  }
}
