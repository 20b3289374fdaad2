import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort, postgresForTest, redisForTest, startProcess } from '@ganitagya/testing';

/** A real service with Postgres, a replica and Redis, in as many processes as asked for; it ends with the test. */
export async function probeForTest(t: TestContext, workers: number) {
  const [postgres, redis] = await Promise.all([postgresForTest(t, { replicas: 1 }), redisForTest(t)]);
  const [port, managementPort] = [await freePort(), await freePort()];
  const probe = await startProcess({
    name: 'probe',
    command: process.execPath,
    args: [join(import.meta.dirname, 'probe-main.ts')],
    cwd: import.meta.dirname,
    env: {
      DATABASE_URL: postgres.primary.url(),
      DATABASE_REPLICA_URLS: postgres.replicas.map((replica) => replica.url()).join(),
      REDIS_URL: redis.url,
      PORT: String(port),
      MANAGEMENT_PORT: String(managementPort),
      WORKERS: String(workers),
    },
    readyWhen: /"msg":"listening"/u,
    readyTimeoutMs: 60_000,
    exitSignal: 'SIGKILL',
  });
  t.after(async () => {
    process.kill(probe.pid, 'SIGTERM');
    await probe.exited;
  });
  const get = (url: string) => fetch(url, { signal: AbortSignal.timeout(10_000) });
  return {
    /** Asks for lessons and for failures. */
    async use() {
      for (const path of ['/lessons', '/fail', '/nowhere'])
        await (await get(`http://127.0.0.1:${port}${path}`)).text();
    },
    metrics: async () => (await get(`http://127.0.0.1:${managementPort}/metrics`)).text(),
  };
}
