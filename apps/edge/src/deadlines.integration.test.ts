import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { platformConfig } from '@ganitagya/service';
import { Value } from 'typebox/value';
import { completeOptions } from './options.ts';
import { startEdge, upstream } from './testing/edge.ts';
import { until } from './testing/until.ts';

test('how long the client waits is told to the service', async (t) => {
  const courses = await upstream(t);
  const edge = await startEdge(t, { courses: [courses.port] });
  await edge.call('/api/courses', { headers: { 'x-request-timeout-ms': '1500' } });
  assert.equal(courses.seen[0]?.headers['x-request-timeout-ms'], '1500');
});

test('when the client leaves, so does its request to the service', async (t) => {
  let left = 0;
  const silent = await upstream(t, (_request, response) => void response.once('close', () => (left += 1)));
  const edge = await startEdge(t, { courses: [silent.port], aiTutor: [silent.port] });
  for (const [index, path] of ['/api/courses', '/api/ai/tutor/ask'].entries()) {
    const asked = request({ host: '127.0.0.1', port: edge.port, path }).on('error', () => undefined);
    asked.end();
    await until(() => silent.seen.length === index + 1);
    asked.destroy();
    await until(() => left === index + 1);
  }
});

test('a service gives up before the edge does, and has half a second to say so', () => {
  const { timeouts } = completeOptions({
    upstreams: { auth: [SERVER], courses: [SERVER], aiTutor: [SERVER] },
  });
  const serviceMs = Value.Create(platformConfig.properties.REQUEST_TIMEOUT_MS);
  assert.ok(serviceMs + 500 <= 1_000 * timeouts.readS, `${serviceMs} ms`);
});

const SERVER = { host: '127.0.0.1', port: 3_000 };
