import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '@ganitagya/metrics';
import fastify from 'fastify';
import { declarePriorities } from '../overload/route-priority.ts';
import { tellObjectives } from './route-objectives.ts';

test('every route promises 200 ms by the labels that its requests are counted by, unless it says otherwise', async (t) => {
  const metrics = createMetrics({ service: 'test' });
  t.after(() => metrics.close());
  const app = fastify({ exposeHeadRoutes: false });
  t.after(() => app.close());
  declarePriorities(app, '/docs');
  tellObjectives(app, metrics);
  const answer = async () => ({});
  await app.register(
    async (scope) => {
      scope.get('/:lesson', answer);
      scope.post('/:lesson/answers', answer);
      scope.get('/stream', { config: { latencyObjective: 'none' } }, answer);
      scope.get('/search', { config: { priority: 'browsing' } }, answer);
      scope.get(
        '/hint',
        { config: { priority: { withToken: 'reading', withoutToken: 'background' } } },
        answer,
      );
    },
    { prefix: '/lessons' },
  );
  const { body } = await metrics.exposition();
  const told = body.split('\n').filter((line) => line.startsWith('http_route_objective_seconds{'));
  assert.deepEqual(told, [
    'http_route_objective_seconds{method="GET",route="/lessons/:lesson",priority="reading",service="test"} 0.2',
    'http_route_objective_seconds{method="POST",route="/lessons/:lesson/answers",priority="critical",service="test"} 0.2',
    'http_route_objective_seconds{method="GET",route="/lessons/search",priority="browsing",service="test"} 0.2',
    'http_route_objective_seconds{method="GET",route="/lessons/hint",priority="reading",service="test"} 0.2',
  ]);
});
