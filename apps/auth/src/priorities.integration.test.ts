import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig, openService, platformConfig, prioritiesOf } from '@ganitagya/service';
import { pino } from 'pino';
import { Type } from 'typebox';
import { authService } from './app.ts';
import { authConfig } from './config.ts';
import { KEY_SECRET, startAuthDatabase } from './testing/test-auth.ts';

test('every route of auth has the priority that it deserves', async (t) => {
  const database = await startAuthDatabase();
  t.after(() => database.stop());
  const schema = Type.Object({ ...platformConfig.properties, ...authConfig.properties });
  const config = loadConfig(schema, {
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    KEY_ENCRYPTION_SECRET: KEY_SECRET,
  });
  const service = await openService(authService, config, pino({ level: 'silent' }));
  t.after(() => service.close());
  const routes = Object.entries(prioritiesOf(service.app));
  const isDocs = ([route]: readonly [string, unknown]) => route.startsWith(`GET ${authService.docsPath}`);
  assert.ok(routes.filter(isDocs).every(([, priority]) => priority === 'browsing'));
  assert.deepEqual(Object.fromEntries(routes.filter((route) => !isDocs(route))), {
    'POST /api/auth/register': 'critical',
    'POST /api/auth/login': 'critical',
    'POST /api/auth/refresh': 'critical',
    'POST /api/auth/logout': 'critical',
    'GET /api/auth/.well-known/jwks.json': 'critical',
    'GET /api/auth/me': 'reading',
  });
});
