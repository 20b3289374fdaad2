import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startRedis, type RedisServer } from '@ganitagya/testing';
import { openAuth, startAuthDatabase, type AuthDatabase, type TestAuth } from './testing/test-auth.ts';

let database: AuthDatabase;
before(async () => {
  database = await startAuthDatabase({ replicas: 1 });
});
after(() => database.stop());

describe('auth with a replica', () => {
  let auth: TestAuth;
  before(async () => {
    auth = await openAuth(database);
  });
  after(() => auth.close());

  it('knows people who registered a moment ago, however far the replica is behind', async (t) => {
    const [replica] = database.cluster.replicas;
    assert.ok(replica);
    await replica.setReplayDelay(60_000);
    t.after(() => replica.setReplayDelay(0));
    const { email, password, token, refreshToken } = await auth.signUp();
    assert.equal((await auth.me(token)).statusCode, 200);
    assert.equal((await auth.post('/login', { email, password })).statusCode, 200);
    assert.equal((await auth.post('/refresh', { refreshToken })).statusCode, 200);
    const other = await openAuth(database);
    t.after(() => other.close());
    assert.equal((await other.me(token)).statusCode, 200);
  });

  it('documents every route', async () => {
    const response = await auth.get('/docs/json');
    assert.equal(response.statusCode, 200);
    const { paths } = JSON.parse(response.body) as {
      paths: Record<string, Record<string, { responses: object }>>;
    };
    const answers = Object.entries(paths).map(([path, methods]) => [
      path,
      Object.entries(methods).map(
        ([method, { responses }]) => `${method} ${Object.keys(responses).join(' ')}`,
      ),
    ]);
    assert.deepEqual(Object.fromEntries(answers), {
      '/api/auth/register': ['post 201 400 403 409 429 503'],
      '/api/auth/login': ['post 200 400 401 429 503'],
      '/api/auth/refresh': ['post 200 400 401 429 503'],
      '/api/auth/logout': ['post 204 400 401 429 503'],
      '/api/auth/.well-known/jwks.json': ['get 200 429'],
      '/api/auth/me': ['get 200 401 429 503'],
    });
  });

  it('goes on telling who is signed in while the primary is out, and signs in again when it is back', async () => {
    const { email, password, token } = await auth.signUp();
    const { primary, replicas } = database.cluster;
    await replicas[0]?.catchUpWith(primary);
    await primary.kill('SIGKILL');
    try {
      const refused = await auth.post('/login', { email, password });
      assert.equal(refused.statusCode, 503);
      assert.match(refused.json().code, /^database\./);
      assert.ok(Number(refused.headers['retry-after']) > 0);
      assert.equal((await auth.get('/.well-known/jwks.json')).statusCode, 200);
      await auth.eventually(async () => (await auth.me(token)).statusCode === 200);
    } finally {
      await primary.start();
    }
    await auth.eventually(async () => (await auth.post('/login', { email, password })).statusCode === 200);
  });
});

describe('auth with Redis', () => {
  let redis: RedisServer;
  let processes: readonly [TestAuth, TestAuth];
  before(async () => {
    redis = await startRedis();
    const env = { REDIS_URL: redis.url };
    processes = [await openAuth(database, env), await openAuth(database, env)];
    const isReady = async () => processes.every(({ platform }) => platform.redis?.status === 'ready');
    await processes[0].eventually(isReady);
  });
  after(async () => {
    // Also when they never came up: a Redis that runs on would keep this file from its end.
    await redis.stop();
    await Promise.all(processes.map((process) => process.close()));
  });

  it('counts failures over all processes', async () => {
    const [one, two] = processes;
    const { email } = await one.signUp();
    const statuses: number[] = [];
    for (const process of [one, two, one, two, one, two]) {
      statuses.push((await process.post('/login', { email, password: 'a guess' }, '10.9.0.1')).statusCode);
    }
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
  });

  it('lets people in while Redis is frozen and after it died', async () => {
    const [one] = processes;
    const { email, password } = await one.signUp();
    const login = () => one.post('/login', { email, password }, '10.9.0.2');
    redis.freeze();
    assert.equal((await login()).statusCode, 200);
    assert.equal((await login()).statusCode, 200);
    redis.thaw();
    await redis.kill();
    assert.equal((await login()).statusCode, 200);
  });
});
