import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createClient, tokenOf } from './testing/client.ts';
import { startEdge, upstream, type RunningEdge } from './testing/edge.ts';
import { until } from './testing/until.ts';

async function readLog(edge: RunningEdge, lines: number): Promise<Record<string, string>[]> {
  const read = async () =>
    (await readFile(join(edge.folder, 'logs', 'access.log'), 'utf8')).trim().split('\n');
  await until(async () => (await read()).length >= lines);
  return (await read()).map((line) => JSON.parse(line) as Record<string, string>);
}

test('each request is one line of JSON, whatever the client sends', async (t) => {
  const courses = await upstream(t);
  const edge = await startEdge(t, {
    courses: [courses.port],
    limits: { apiPerCredential: { rate: '1r/m', burst: 1 } },
  });
  const headers = { authorization: `Bearer ${tokenOf(1)}`, 'user-agent': 'quote " and \\ backslash' };
  await edge.call('/api/courses?q=what-somebody-looks-for', { from: '127.40.0.1', headers });
  await edge.call('/edge/health');
  for (let call = 0; call < 2; call += 1) await edge.call('/api/courses', { headers });
  const [served, , refused] = await readLog(edge, 3);

  assert.equal(served?.['path'], '/api/courses', 'without what people search for');
  assert.equal(served['address'], '127.40.0.1');
  assert.equal(served['userAgent'], headers['user-agent']);
  assert.deepEqual(
    [served['status'], served['upstreamStatus'], served['rateLimit']],
    ['200', '200', 'PASSED'],
  );
  assert.equal(served['upstream'], `127.0.0.1:${courses.port}`);
  assert.equal(served['requestId'], courses.seen[0]?.headers['x-request-id']);
  for (const name of ['seconds', 'upstreamConnectSeconds', 'upstreamHeaderSeconds', 'upstreamSeconds']) {
    assert.match(String(served[name]), /^\d+\.\d{3}$/u, name);
  }
  assert.deepEqual(
    [refused?.['status'], refused?.['rateLimit'], refused?.['path']],
    ['429', 'REJECTED', '/api/courses'],
  );
});

test('health answers without any service; the counters answer on their own port only', async (t) => {
  const edge = await startEdge(t);
  const health = await edge.call('/edge/health');
  assert.deepEqual([health.status, health.body], [200, '{"status":"ok"}']);
  const status = createClient(edge.statusPort);
  t.after(status.close);
  assert.match((await status.call('/stub_status')).body, /^Active connections: \d+/u);
  assert.equal((await status.call('/')).status, 404);
  assert.equal((await edge.call('/stub_status')).status, 404);
});

test('only a trusted hop may say who the client is, how it came, and what the request is called', async (t) => {
  const courses = await upstream(t);
  const edge = await startEdge(t, { courses: [courses.port], trustedProxies: ['127.50.0.0/16'] });
  const headers = {
    'x-forwarded-for': '203.0.113.9, 127.50.0.2',
    'x-forwarded-proto': 'https',
    'x-request-id': 'request-of-the-cdn',
  };
  const trusted = await edge.call('/api/courses', { from: '127.50.0.1', headers });
  const seen = courses.seen[0]?.headers;
  assert.equal(seen?.['x-forwarded-for'], '203.0.113.9');
  assert.equal(seen['x-forwarded-proto'], 'https');
  assert.equal(seen['x-request-id'], 'request-of-the-cdn');
  assert.equal(trusted.headers['x-request-id'], 'request-of-the-cdn');
  assert.equal(trusted.headers['strict-transport-security'], 'max-age=31536000; includeSubDomains');

  const stranger = await edge.call('/api/courses', { from: '127.60.0.1', headers });
  assert.equal(courses.seen[1]?.headers['x-forwarded-for'], '127.60.0.1');
  assert.equal(courses.seen[1].headers['x-forwarded-proto'], 'http');
  assert.notEqual(stranger.headers['x-request-id'], 'request-of-the-cdn');
  assert.equal(stranger.headers['strict-transport-security'], undefined);

  const crooked = { 'x-request-id': 'a"b","code":"forged' };
  assert.match(
    String((await edge.call('/nowhere', { from: '127.50.0.1', headers: crooked })).headers['x-request-id']),
    /^[0-9a-f]{32}$/u,
  );
});

test('behind a trusted hop the limits count clients, and a network of IPv6 is one client', async (t) => {
  const courses = await upstream(t);
  const limits = { apiPerAddress: { rate: '1r/m', burst: 1 } } as const;
  const edge = await startEdge(t, { courses: [courses.port], trustedProxies: ['127.50.0.0/16'], limits });
  const statuses = async (addresses: readonly string[]) => {
    const answers = [];
    for (const address of addresses) {
      answers.push(
        await edge.call('/api/courses', { from: '127.50.0.1', headers: { 'x-forwarded-for': address } }),
      );
    }
    return answers.map(({ status }) => status);
  };
  assert.deepEqual(await statuses(['203.0.113.1', '203.0.113.2', '203.0.113.3']), [200, 200, 200]);
  assert.deepEqual(
    await statuses(['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::7', '2001:db8:1:2:ffff::']),
    [200, 200, 429],
  );
  assert.deepEqual(await statuses(['2001:db8::1', '2001:db8::5:6:7:8', '2001:db8::2']), [200, 200, 429]);
  assert.deepEqual(
    await statuses(['2001:db8:1:3::1', '::ffff:203.0.113.4', '::ffff:203.0.113.5']),
    [200, 200, 200],
  );
});
