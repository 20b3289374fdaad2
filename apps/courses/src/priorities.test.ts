import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig, openService, platformConfig, prioritiesOf } from '@ganitagya/service';
import { pino } from 'pino';
import { Type } from 'typebox';
import { courses } from './app.ts';
import { coursesConfig } from './config.ts';

test('every route of courses has the priority that it deserves', async (t) => {
  const schema = Type.Object({ ...platformConfig.properties, ...coursesConfig.properties });
  const config = loadConfig(schema, {
    NODE_ENV: 'test',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    AUTH_JWKS_URL: 'http://127.0.0.1:1/',
  });
  const service = await openService(courses, config, pino({ level: 'silent' }));
  t.after(() => service.close());
  const routes = Object.entries(prioritiesOf(service.app));
  const isDocs = ([route]: readonly [string, unknown]) => route.startsWith(`GET ${courses.docsPath}`);
  assert.ok(routes.filter(isDocs).every(([, priority]) => priority === 'browsing'));
  assert.deepEqual(Object.fromEntries(routes.filter((route) => !isDocs(route))), {
    'GET /api/courses': 'browsing',
    'GET /api/courses/:course': 'reading',
    'GET /api/courses/:course/lessons/:lesson': 'reading',
    'GET /api/courses/:course/lessons/:lesson/solutions': 'reading',
    'GET /api/lessons/feed': 'background',
    'PUT /api/courses/:course/enrolment': 'critical',
    'DELETE /api/courses/:course/enrolment': 'critical',
    'GET /api/enrolments': 'reading',
    'PUT /api/progress/:lessonId': 'critical',
    'GET /api/progress': 'reading',
    'GET /api/progress/resume': 'reading',
    'POST /api/courses': 'reading',
    'GET /api/courses/:course/source': 'browsing',
    'PATCH /api/courses/:course': 'reading',
    'POST /api/courses/:course/publish': 'reading',
    'POST /api/courses/:course/unpublish': 'reading',
    'POST /api/courses/:course/chapters': 'reading',
    'POST /api/courses/:course/chapters/:chapter/lessons': 'reading',
    'GET /api/courses/:course/lessons/:lesson/source': 'browsing',
    'PATCH /api/courses/:course/lessons/:lesson': 'reading',
  });
});
