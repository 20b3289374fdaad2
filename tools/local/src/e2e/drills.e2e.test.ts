import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendSignal, waitFor } from '@ganitagya/testing';
import { createRedis } from '@ganitagya/cache';
import pg from 'pg';
import { Client } from './client.ts';
import { askContinuously, type Seen } from './load.ts';
import { startPlatform, stateFolder, type RunningPlatform } from './platform.ts';

const state = stateFolder();
let platform: RunningPlatform;
let client: Client;

before(async () => {
  platform = await startPlatform(state.path);
  client = new Client(platform.url);
});
after(async () => {
  client.close();
  if (platform.isRunning()) await platform.interrupt();
  state.remove();
});

/** Reads that reach the database (no two searches are alike), reads from the cache, and an unknown id. */
function readPaths(): string[] {
  const searches = Array.from({ length: 40 }, (_, index) => `/api/courses?q=algebra%20${index}`);
  return [...searches, '/api/courses', '/api/courses/class-10-mathematics', '/api/courses?class=9'];
}

/** What readers saw from a second before the fault until `afterMs` after it. */
async function whileReading(fault: () => Promise<void> | void, afterMs: number): Promise<Seen> {
  const readers = askContinuously(client, readPaths(), 6);
  await sleep(1_000);
  await fault();
  await sleep(afterMs);
  return readers.stop();
}

function assertUnnoticed(seen: Seen, what: string): void {
  assert.ok(seen.total > 100, `${what}: only ${seen.total} requests`);
  assert.deepEqual(seen.failures, [], what);
}

describe('what users see when a part is killed while they read', () => {
  beforeEach(() => waitFor(isWhole, { what: 'a whole platform', timeoutMs: 60_000, intervalMs: 200 }));

  test('a replica: no failed request', async (t) => {
    const [replica] = platform.run().postgres.replicas;
    const pid = await postmasterPid(String(replica));
    const seen = await whileReading(() => void sendSignal(pid, 'SIGKILL'), 4_000);
    t.diagnostic(tell('replica killed', seen));
    assertUnnoticed(seen, 'replica killed');
  });

  test('both replicas: reads move to the primary, no failed request', async (t) => {
    const pids = await Promise.all(platform.run().postgres.replicas.map(postmasterPid));
    const seen = await whileReading(() => {
      for (const pid of pids) sendSignal(pid, 'SIGKILL');
    }, 4_000);
    t.diagnostic(tell('both replicas killed', seen));
    assertUnnoticed(seen, 'both replicas killed');
  });

  test('Redis: no failed request, and at once as fast as before', async (t) => {
    const seen = await whileReading(() => killRedis(String(platform.run().redis)), 4_000);
    t.diagnostic(tell('Redis killed', seen));
    assertUnnoticed(seen, 'Redis killed');
  });

  test('a process of courses: no failed read; it is back within seconds', async (t) => {
    const url = String(platform.run().management['courses-1']);
    const { pid } = (await (await fetch(`${url}/health`)).json()) as { pid: number };
    const seen = await whileReading(() => void sendSignal(pid, 'SIGKILL'), 4_000);
    t.diagnostic(tell('courses-1 killed', seen));
    assertUnnoticed(seen, 'courses-1 killed');
    await waitFor(async () => (await fetch(`${url}/readyz`)).ok, { what: 'courses-1', timeoutMs: 30_000 });
  });

  test('both processes of auth: issued tokens keep working; sign-in fails with a problem and comes back', async () => {
    const device = new Client(platform.url, '127.0.2.1');
    const account = await device.register();
    // Both processes of courses have seen a token.
    for (let i = 0; i < 4; i += 1) assert.equal((await device.call('/api/enrolments')).status, 200);
    const urls = ['auth-1', 'auth-2'].map((name) => String(platform.run().management[name]));
    for (const url of urls) {
      const { pid } = (await (await fetch(`${url}/health`)).json()) as { pid: number };
      sendSignal(pid, 'SIGKILL');
    }
    const without = await device.post('/api/auth/login', account);
    assert.ok(
      without.status === 502 || without.status === 503 || without.status === 200,
      `${without.status}`,
    );
    if (without.status !== 200) assert.match(String(without.headers['content-type']), /problem\+json/u);
    assert.equal((await device.call('/api/enrolments')).status, 200);
    await waitFor(async () => (await device.post('/api/auth/login', account)).status === 200, {
      what: 'sign-in to come back',
      timeoutMs: 40_000,
      intervalMs: 1_000,
    });
    device.close();
  });

  test('the primary: reads go on, a write is a clear 503, and writes come back with it', async (t) => {
    const device = new Client(platform.url, '127.0.2.2');
    await device.register();
    const enrol = () => device.call('/api/courses/jee-algebra/enrolment', { method: 'PUT' });
    const pid = await postmasterPid(platform.run().postgres.primary);
    const writes: number[] = [];
    const seen = await whileReading(async () => {
      // Held down for a moment: otherwise it is back before anyone has noticed.
      sendSignal(pid, 'SIGSTOP');
      sendSignal(pid, 'SIGKILL');
      writes.push((await enrol()).status);
    }, 4_000);
    t.diagnostic(`${tell('primary killed', seen)}; first write ${writes.join()}`);
    assertUnnoticed(seen, 'primary killed');
    assert.ok(
      writes.every((status) => status === 503 || status === 200 || status === 201),
      writes.join(),
    );
    await waitFor(async () => [200, 201].includes((await enrol()).status), {
      what: 'writes to come back',
      timeoutMs: 30_000,
      intervalMs: 200,
    });
    device.close();
  });
});

function tell(what: string, { total, failures, slowestMs }: Seen): string {
  return `${what}: ${total} requests, ${failures.length} failed, slowest ${Math.round(slowestMs)} ms`;
}

/** Every process reports every part up. */
async function isWhole(): Promise<boolean> {
  const reports = await Promise.all(
    Object.values(platform.run().management).map(async (url) => {
      const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) });
      return ((await answer.json()) as { status: string }).status;
    }),
  );
  return reports.every((status) => status === 'up');
}

async function postmasterPid(url: string): Promise<number> {
  const connection = new pg.Client({ connectionString: url });
  await connection.connect();
  try {
    const { rows } = await connection.query<{ file: string }>(
      "select pg_read_file('postmaster.pid') as file",
    );
    return Number(rows[0]?.file.split('\n')[0]);
  } finally {
    await connection.end();
  }
}

async function killRedis(url: string): Promise<void> {
  const redis = createRedis(url);
  await waitFor(() => redis.status === 'ready', { what: 'Redis' });
  const pid = Number(/process_id:(\d+)/u.exec(await redis.info('server'))?.[1]);
  redis.disconnect();
  sendSignal(pid, 'SIGKILL');
}
