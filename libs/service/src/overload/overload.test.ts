import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, request as send, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { waitFor } from '@ganitagya/testing';
import { openEcho } from '../fixtures/open-echo.ts';
import { gatedApp, NARROW, raiseLevel } from './testing/gated-app.ts';

interface ProblemAnswer {
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
}

const isEmpty = ({ inFlight, queued }: { readonly inFlight: number; readonly queued: number }) =>
  inFlight === 0 && queued === 0;

async function ask(url: string, headers: Record<string, string> = {}) {
  const [answer] = (await once(get(url, { headers, agent: new Agent() }), 'response')) as [IncomingMessage];
  return answer;
}

describe('who is refused', () => {
  test('gets a 503 problem at once, and is told that nothing was done and when to come back', async (t) => {
    const { url, admission, release, seen } = await gatedApp(t, NARROW);
    const held = ask(`${url}/held`);
    await waitFor(() => admission.inFlight === 1, { what: 'the slot is taken' });
    const answer = await ask(`${url}/quick`, { 'x-request-id': 'abcdef-123456' });
    assert.equal(answer.statusCode, 503);
    assert.match(String(answer.headers['content-type']), /^application\/problem\+json/u);
    assert.match(String(answer.headers['retry-after']), /^([1-9]|10)$/u);
    assert.equal(answer.headers['x-not-started'], '1');
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers['x-load-level'], undefined);
    const problem = JSON.parse(await text(answer)) as ProblemAnswer;
    assert.equal(problem.code, 'service.overloaded');
    assert.equal(problem.requestId, answer.headers['x-request-id']);
    assert.equal(seen.length, 1, 'no hook but the first has run');
    release();
    assert.equal((await held).statusCode, 200);
    assert.equal((await ask(`${url}/quick`)).statusCode, 200);
  });

  test('depends on the priority of its route; all are told the level while there is one', async (t) => {
    const clock = { nowMs: 0 };
    const { url, admission } = await gatedApp(t, {
      ...NARROW,
      clock: () => clock.nowMs,
      limit: { initial: 1, min: 1, max: 1 },
    });
    assert.equal((await ask(`${url}/quick`)).headers['x-load-level'], undefined);
    raiseLevel(admission, clock);
    const level = String(admission.level);
    const answer = await ask(`${url}/nowhere`);
    assert.equal(answer.statusCode, 503);
    assert.equal(answer.headers['x-load-level'], level);
    const important = await ask(`${url}/quick`);
    assert.equal(important.statusCode, 200);
    assert.equal(important.headers['x-load-level'], level);
  });
});

describe('a slot is free again', () => {
  for (const path of ['/quick', '/fails', '/missing', '/nowhere', '/destroyed', '/stream', '/hijacked']) {
    test(`when ${path} has sent its head, or failed to`, async (t) => {
      const { url, admission, release } = await gatedApp(t);
      const asked = ask(url + path).then(
        (answer) => answer.statusCode,
        () => 'broken',
      );
      assert.notEqual(await asked, undefined);
      // Of streams, the rest is still to come.
      await waitFor(() => isEmpty(admission), { what: 'an empty house' });
      const { admitted } = admission.stats();
      assert.equal(
        Object.values(admitted).reduce((sum, count) => sum + count),
        1,
      );
      release();
    });
  }

  test('when its client hangs up, inside or in the line', async (t) => {
    const { url, admission } = await gatedApp(t, {
      limit: { initial: 1, min: 1, max: 1 },
      queue: { waitMs: 60_000 },
    });
    const requests = [get(`${url}/held`), get(`${url}/held`), get(`${url}/held`)];
    for (const request of requests) request.on('error', () => undefined);
    await waitFor(() => admission.inFlight === 1 && admission.queued === 2, {
      what: 'one inside, two in line',
    });
    requests[2]?.destroy();
    await waitFor(() => admission.queued === 1, { what: 'a shorter line' });
    requests[0]?.destroy();
    await waitFor(() => admission.inFlight === 1 && admission.queued === 0, { what: 'the next one' });
    requests[1]?.destroy();
    await waitFor(() => isEmpty(admission), { what: 'an empty house' });
  });

  test('when a connection with several requests on it breaks', async (t) => {
    const { url, admission } = await gatedApp(t);
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const one = (path: string) => `GET ${path} HTTP/1.1\r\nHost: gate\r\n\r\n`;
    socket.write(one('/held') + one('/quick') + one('/held'));
    await waitFor(() => admission.inFlight === 2, { what: 'the two that wait' });
    socket.destroy();
    await waitFor(() => isEmpty(admission), { what: 'an empty house' });
  });

  test('when a request was not a real one, or its body never came', async (t) => {
    const { app, url, admission } = await gatedApp(t);
    await app.inject('/quick');
    await waitFor(() => isEmpty(admission), { what: 'an empty house' });
    const request = send(`${url}/quick`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': 100 },
    });
    request.on('error', () => undefined);
    request.write('{');
    await waitFor(() => admission.inFlight === 1, { what: 'half a request' });
    request.destroy();
    await waitFor(() => isEmpty(admission), { what: 'an empty house' });
  });
});

test('who has waited goes on as itself, not as the request that made room', async (t) => {
  const { url, admission, release, seen } = await gatedApp(t, {
    limit: { initial: 1, min: 1, max: 1 },
    queue: { waitMs: 60_000 },
  });
  const first = ask(`${url}/held`);
  await waitFor(() => admission.inFlight === 1, { what: 'the first' });
  const second = ask(`${url}/held?second`);
  await waitFor(() => admission.queued === 1, { what: 'the second' });
  release();
  assert.deepEqual([(await first).statusCode, (await second).statusCode], [200, 200]);
  assert.deepEqual(seen, ['/held', '/held?second']);
  assert.equal(
    Object.values(admission.stats().queued).reduce((sum, count) => sum + count),
    1,
  );
});

test('the health page and the series tell of it; requests of health are never refused', async (t) => {
  const service = await openEcho(t);
  await service.app.inject('/pid');
  const { overload, status } = (await service.health()) as {
    status: string;
    overload?: { status: string; level: number; requests: { admitted: { reading: number } } };
  };
  assert.equal(status, 'up');
  assert.equal(overload?.level, 0);
  assert.equal(overload.requests.admitted.reading, 1);
  const { body } = await service.metrics();
  assert.match(body, /^overload_requests_total\{.*outcome="admitted".*\} 1$/mu);
  assert.match(body, /^event_loop_turn_seconds_count\{.*\} \d+$/mu);
});
