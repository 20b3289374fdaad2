import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createPolicies, isCircuitOpen, isRefused } from '@ganitagya/resilience';
import { COURSES_POLICY, FeedClient } from './feed-client.ts';

const never = new AbortController().signal;

test('courses that are too busy are not taken for broken; those that fail are', async (t) => {
  let headers: Record<string, string> = { 'x-not-started': '1', 'retry-after': '3' };
  const server = createServer((_request, response) => response.writeHead(503, headers).end('{}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const client = new FeedClient(`http://127.0.0.1:${port}`, createPolicies(COURSES_POLICY));

  for (let i = 0; i < 6; i += 1) {
    const asked = client.page(null, never);
    await assert.rejects(asked, (error) => isRefused(error) && error.retryAfterMs === 3_000);
  }
  headers = {};
  for (let i = 0; i < 5; i += 1) await assert.rejects(client.page(null, never), /answered 503/);
  await assert.rejects(client.page(null, never), isCircuitOpen);
});
