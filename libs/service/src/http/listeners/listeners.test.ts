import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@ganitagya/testing';
import { openEcho } from '../../fixtures/open-echo.ts';
import { canReusePort, requireFreePort } from './reuse-port.ts';
import { SharedPortServer } from './shared-port-server.ts';

const CLIENTS = 64;
const skip = (await canReusePort()) ? false : 'this platform shares no ports';

async function listening(t: TestContext, listeners: number) {
  const server = new SharedPortServer({}, (_request, response) => response.end('ok'));
  server.listen({ host: '127.0.0.1', port: 0, reusePort: listeners > 1 });
  await once(server, 'listening');
  if (listeners > 1) await server.listenAgain(listeners - 1);
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

/** The turns of the loop, each 20 ms long, until so many clients were accepted. */
async function turnsToAccept(t: TestContext, listeners: number): Promise<number> {
  const { server, port } = await listening(t, listeners);
  const turns = new Set<number>();
  let turn = 0;
  let accepted = 0;
  const sockets: Socket[] = [];
  const all = new Promise<void>((resolve) => {
    server.on('connection', () => {
      turns.add(turn);
      if ((accepted += 1) === CLIENTS) resolve();
    });
  });
  const block = () => {
    turn += 1;
    const until = performance.now() + 20;
    while (performance.now() < until);
    if (accepted < CLIENTS) setImmediate(block);
  };
  for (let client = 0; client < CLIENTS; client += 1) {
    sockets.push(connect(port, '127.0.0.1').on('error', () => undefined));
  }
  block();
  await all;
  for (const socket of sockets) socket.destroy();
  return turns.size;
}

describe('several listeners', { skip }, () => {
  test('accept several connections a turn, where one accepts one', async (t) => {
    const [one, sixteen] = [await turnsToAccept(t, 1), await turnsToAccept(t, 16)];
    assert.ok(one >= CLIENTS / 2, `one listener took ${one} turns`);
    assert.ok(sixteen <= one / 3, `16 listeners took ${sixteen} turns, one took ${one}`);
  });

  test('close together, and no accepted connection with them', async (t) => {
    const { server, port } = await listening(t, 8);
    let accepted = 0;
    server.on('connection', () => (accepted += 1));
    const sockets = await Promise.all(
      Array.from({ length: CLIENTS }, async () => {
        const socket = connect(port, '127.0.0.1');
        await once(socket, 'connect');
        return socket;
      }),
    );
    await waitFor(() => accepted === CLIENTS, { what: 'all connections' });
    await server.stopAccepting();
    const late = connect(port, '127.0.0.1');
    await assert.rejects(once(late, 'connect'), { code: 'ECONNREFUSED' });
    const answers = sockets.map(async (socket) => {
      socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
      assert.match(await text(socket), /^HTTP\/1.1 200 /u);
    });
    let isClosed = false;
    const closed = new Promise((resolve) => server.close(resolve)).then(() => (isClosed = true));
    assert.equal(isClosed, false);
    await Promise.all(answers);
    await closed;
  });

  test('make close wait for what is asked on any of them', async (t) => {
    const { server, port } = await listening(t, 8);
    server.removeAllListeners('request');
    const answers: ServerResponse[] = [];
    server.on('request', (_request, response) => answers.push(response));
    const asked = Array.from({ length: 16 }, async () => {
      const [answer] = (await once(get({ host: '127.0.0.1', port, agent: false }), 'response')) as [
        IncomingMessage,
      ];
      return text(answer);
    });
    await waitFor(() => answers.length === 16, { what: 'all requests' });
    let isClosed = false;
    const closed = new Promise((resolve) => server.close(resolve)).then(() => (isClosed = true));
    await sleep(50);
    assert.equal(isClosed, false);
    for (const response of answers) response.end('late');
    assert.deepEqual(new Set(await Promise.all(asked)), new Set(['late']));
    await closed;
  });
});

test('a service listens on the port it is given, or on a free one, and on no other’s', async (t) => {
  const first = await openEcho(t);
  const url = await first.listen();
  assert.equal((await fetch(`${url}/pid`)).status, 200);
  const second = await openEcho(t, { PORT: new URL(url).port });
  await assert.rejects(second.listen(), { code: 'EADDRINUSE' });
  await first.close();
  assert.equal(await second.listen(), url);
  assert.equal((await fetch(`${url}/pid`, { headers: { connection: 'close' } })).status, 200);
});

test('requireFreePort fails where somebody listens, and leaves a free port free', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  await assert.rejects(requireFreePort('127.0.0.1', port), { code: 'EADDRINUSE' });
  server.close();
  await once(server, 'close');
  await requireFreePort('127.0.0.1', port);
  await requireFreePort('127.0.0.1', port);
});
