import assert from 'node:assert/strict';
import { test } from 'node:test';
import fastify from 'fastify';
import { gatedApp } from './testing/gated-app.ts';
import { declarePriorities } from './route-priority.ts';

test('a route that says nothing is critical when it changes something, else for reading; docs are for browsing', async (t) => {
  const { app } = await gatedApp(t);
  const priorityOf = (method: string, url: string) =>
    app.routePriorities.find((route) => route.method === method && route.url === url)?.priority;
  assert.equal(priorityOf('GET', '/quick'), 'reading');
  assert.equal(priorityOf('HEAD', '/quick'), 'reading');
  assert.equal(priorityOf('POST', '/quick'), 'critical');
  assert.equal(priorityOf('GET', '/docs/page'), 'browsing');
  assert.deepEqual(priorityOf('GET', '/lifted'), { withToken: 'reading', withoutToken: 'background' });
});

test('a priority that does not exist stops the start', () => {
  const app = fastify();
  declarePriorities(app, '/docs');
  const declare = () => app.get('/x', { config: { priority: 'urgent' as 'critical' } }, () => undefined);
  assert.throws(declare, /priority of \/x must not be urgent/u);
});
