import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Data } from './data.ts';
import { serviceEnv, SERVICES } from './service-env.ts';

const data = {
  url: (schema: string, kind: string) => `postgres://${schema}_${kind}@primary`,
  replicaUrls: (schema: string) => [`postgres://${schema}@r1`, `postgres://${schema}@r2`],
  redis: undefined,
} as unknown as Data;
const secrets = { keyEncryption: 'encrypts keys', demoPassword: 'demo', databasePasswords: {} };

function envOf(t: TestContext, app: string, own: Record<string, string> = {}) {
  const before = process.env;
  process.env = own;
  t.after(() => void (process.env = before));
  const service = SERVICES.find((each) => each.app === app);
  assert.ok(service !== undefined);
  return serviceEnv(service, data, secrets, 'http://edge', 1);
}

test('each service gets its own role, and a secret only where it is needed', (t) => {
  const [auth, tutor] = [envOf(t, 'auth'), envOf(t, 'ai-tutor')];
  assert.equal(auth['DATABASE_URL'], 'postgres://auth_app@primary');
  assert.equal(tutor['DATABASE_REPLICA_URLS'], 'postgres://tutor@r1,postgres://tutor@r2');
  assert.equal(auth['KEY_ENCRYPTION_SECRET'], 'encrypts keys');
  assert.ok(!JSON.stringify(tutor).includes('encrypts keys'));
  assert.ok(!('REDIS_URL' in auth));
  assert.equal(tutor['COURSES_URL'], 'http://edge');
});

test('the log is never too quiet for the line that says a process listens', (t) => {
  assert.equal(envOf(t, 'auth')['LOG_LEVEL'], 'info');
  assert.equal(envOf(t, 'auth', { LOG_LEVEL: 'debug' })['LOG_LEVEL'], 'debug');
  assert.equal(envOf(t, 'auth', { LOG_LEVEL: 'warn' })['LOG_LEVEL'], 'info');
});

test('a model of the developer is passed on', (t) => {
  assert.equal(envOf(t, 'ai-tutor', { TUTOR_LLM_URL: 'http://model' })['TUTOR_LLM_URL'], 'http://model');
  assert.ok(!('TUTOR_LLM_URL' in envOf(t, 'ai-tutor')));
});
