import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig, openService, platformConfig, prioritiesOf } from '@ganitagya/service';
import { pino } from 'pino';
import { Type } from 'typebox';
import { tutor } from './app.ts';
import { tutorConfig } from './config.ts';

test('every route of the tutor has the priority that it deserves, and promises 200 ms if it can', async (t) => {
  const schema = Type.Object({ ...platformConfig.properties, ...tutorConfig.properties });
  const config = loadConfig(schema, {
    NODE_ENV: 'test',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    AUTH_JWKS_URL: 'http://127.0.0.1:1/',
    COURSES_URL: 'http://127.0.0.1:1/',
  });
  const service = await openService(tutor, config, pino({ level: 'silent' }));
  t.after(() => service.close());
  const routes = Object.entries(prioritiesOf(service.app));
  const isDocs = ([route]: readonly [string, unknown]) => route.startsWith(`GET ${tutor.docsPath}`);
  assert.ok(routes.filter(isDocs).every(([, priority]) => priority === 'browsing'));
  assert.deepEqual(Object.fromEntries(routes.filter((route) => !isDocs(route))), {
    'POST /api/ai/tutor/ask': { withToken: 'reading', withoutToken: 'background' },
    'GET /api/ai/tutor/conversations': 'browsing',
    'GET /api/ai/tutor/conversations/:id': 'reading',
    'DELETE /api/ai/tutor/conversations/:id': 'browsing',
  });
  const { body } = await service.metrics();
  const promised = [...body.matchAll(/^http_route_objective_seconds\{.*route="([^"]*)"/gmu)].map(
    ([, url]) => url,
  );
  assert.ok(promised.includes('/api/ai/tutor/conversations'));
  assert.ok(!promised.includes('/api/ai/tutor/ask'), 'an answer takes as long as it takes');
});
