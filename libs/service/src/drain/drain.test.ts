import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@ganitagya/testing';
import { openEcho } from '../fixtures/open-echo.ts';
import { Connections } from './connections.ts';
import { planDrain } from './drain-plan.ts';

async function ask(t: TestContext, url: string, agent = new Agent({ keepAlive: true, maxSockets: 1 })) {
  t.after(() => agent.destroy());
  const [answer] = (await once(get(url, { agent }), 'response')) as [IncomingMessage];
  return answer;
}

describe('a drain', { concurrency: true }, () => {
  test('ends streams with their last word, before the grace is over', async (t) => {
    const service = await openEcho(t, { SHUTDOWN_GRACE_MS: '3000' });
    const stream = await ask(t, `${await service.listen()}/endless`);
    const startedAt = performance.now();
    const closed = service.close();
    assert.match(await text(stream), /the last word\n\n$/u);
    assert.ok(stream.complete);
    await closed;
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs >= 1_800 && tookMs < 3_000, `${tookMs} ms`);
  });

  test('ends a stream that hears nothing, whole, and stops its source', async (t) => {
    const service = await openEcho(t, { SHUTDOWN_GRACE_MS: '3000' });
    const stream = await ask(t, `${await service.listen()}/endless/deaf`);
    const closed = service.close();
    assert.match(await text(stream), /^(data: more\n\n)+$/u);
    assert.ok(stream.complete, 'the client sees a whole answer');
    await closed;
  });

  test('cuts off what takes longer than the grace, and says so', async (t) => {
    const lines: string[] = [];
    const service = await openEcho(
      t,
      { SHUTDOWN_GRACE_MS: '1000', LOG_LEVEL: 'warn' },
      (line) => void lines.push(line),
    );
    const url = await service.listen();
    const slow = assert.rejects(ask(t, `${url}/slow/3000`), { code: 'ECONNRESET' });
    await waitFor(() => service.connections.inFlight === 1, { what: 'the request' });
    const startedAt = performance.now();
    await service.close();
    assert.ok(performance.now() - startedAt < 1_000);
    await slow;
    assert.ok(
      lines.some((line) => (JSON.parse(line) as { cut?: number }).cut === 1),
      String(lines),
    );
  });

  test('goes on as before while others must notice; then each answer is the last on its connection', async (t) => {
    const service = await openEcho(t, { DRAIN_DELAY_MS: '600' });
    const url = await service.listen();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const askOnce = async () => {
      const answer = await ask(t, `${url}/pid`, agent);
      await text(answer);
      return answer.headers.connection;
    };
    assert.equal(await askOnce(), 'keep-alive');
    const closed = service.close();
    assert.equal(service.isReady(), false);
    assert.equal(await askOnce(), 'keep-alive');
    await waitFor(async () => (await askOnce()) === 'close', { what: 'the last answer' });
    await closed;
  });

  test('waits in a retiring worker for clients that are idle between two requests', async (t) => {
    const service = await openEcho(t);
    const url = await service.listen();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await text(await ask(t, `${url}/pid`, agent));
    const closed = service.close('retire');
    await waitFor(() => !service.app.server.listening, { what: 'the end of listening' });
    await sleep(300);
    const answer = await ask(t, `${url}/pid`, agent);
    assert.equal(answer.headers.connection, 'close');
    await text(answer);
    await closed;
  });
});

describe('connections', () => {
  test('are let go of after a number of requests, and after a time, with a last answer', async (t) => {
    for (const limits of [{ requestsMax: 4 }, { ageMaxMs: 1 }]) {
      const server = createServer((_request, response) => response.end('ok'));
      const connections = new Connections(server, limits);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      t.after(() => {
        connections.close();
        server.close();
      });
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      let asked = 0;
      await waitFor(
        async () => {
          asked += 1;
          const answer = await ask(t, url, agent);
          await text(answer);
          return answer.headers.connection === 'close';
        },
        { what: 'a last answer', intervalMs: 5 },
      );
      if (limits.requestsMax !== undefined) assert.ok(asked >= 2 && asked <= 4, `${asked} requests`);
    }
  });

  test('whose answers are ended outlive a source that goes on writing', async (t) => {
    const server = createServer((_request, response) => {
      response.write('begin');
      const timer = setInterval(() => response.write('more'), 5);
      response.once('close', () => clearInterval(timer));
    });
    const connections = new Connections(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      connections.close();
      server.close();
    });
    const answer = await ask(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    connections.endStreams();
    // In the same turn, as a source does that has not heard of the end.
    for (const response of connections.open) response.write('too late');
    assert.match(await text(answer), /^begin(more)*$/u);
    assert.ok(answer.complete);
  });

  test('that ask in pieces, or wait for an answer, are not quiet', async (t) => {
    const server = createServer((_request, response) => void sleep(300).then(() => response.end('late')));
    const connections = new Connections(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      connections.close();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    const answer = text(socket);
    const sweep = setInterval(() => connections.closeQuiet(100), 20);
    t.after(() => clearInterval(sweep));
    for (const piece of ['GET / HT', 'TP/1.1\r\nHo', 'st: a\r\n', '\r\n']) {
      socket.write(piece);
      await sleep(60);
    }
    assert.match(await answer, /late/u);
  });
});

test('the plan leaves time for the database, whatever the delay', () => {
  for (const [delayMs, graceMs] of [
    [0, 100],
    [0, 20_000],
    [5_000, 25_000],
    [60_000, 20_000],
  ] as const) {
    for (const kind of ['stop', 'retire'] as const) {
      const plan = planDrain(kind, { delayMs, graceMs });
      assert.ok(plan.delayMs <= plan.stopAcceptingAtMs);
      assert.ok(plan.stopAcceptingAtMs < plan.streamsEndAtMs);
      assert.ok(plan.streamsEndAtMs < plan.cutAtMs);
      assert.ok(plan.cutAtMs <= graceMs * 0.93);
    }
  }
});
