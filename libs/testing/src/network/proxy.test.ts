import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { startProxy } from './proxy.ts';

async function echoBehindProxy(t: TestContext) {
  const echo = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const proxy = await startProxy({ port: (echo.address() as AddressInfo).port });
  t.after(async () => {
    await proxy.close();
    echo.close();
  });
  const open = async () => {
    const socket = connect({ host: '127.0.0.1', port: proxy.port });
    await once(socket, 'connect');
    t.after(() => socket.destroy());
    return socket;
  };
  return { proxy, open };
}

test('forwards, with latency when asked', async (t) => {
  const { proxy, open } = await echoBehindProxy(t);
  const socket = await open();
  socket.write('quick');
  assert.equal(String(((await once(socket, 'data')) as [Buffer])[0]), 'quick');
  proxy.latencyMs = 30;
  const start = performance.now();
  socket.write('slow');
  await once(socket, 'data');
  assert.ok(performance.now() - start >= 58);
});

test('cut resets what is open and refuses what is new, until healed', async (t) => {
  const { proxy, open } = await echoBehindProxy(t);
  const socket = await open();
  socket.write('once');
  await once(socket, 'data');
  const reset = once(socket, 'error');
  proxy.cut();
  const [error] = (await reset) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNRESET');
  proxy.heal();
  const again = await open();
  again.write('again');
  assert.equal(String(((await once(again, 'data')) as [Buffer])[0]), 'again');
});

test('hang keeps the connection and holds the data until healed', async (t) => {
  const { proxy, open } = await echoBehindProxy(t);
  const socket = await open();
  let received = '';
  socket.on('data', (chunk) => (received += String(chunk)));
  proxy.hang();
  socket.write('later');
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(received, '');
  const data = once(socket, 'data');
  proxy.heal();
  await data;
  assert.equal(received, 'later');
});

test('a process that has cut connections while they ended gets through its exit', async () => {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '..', 'fixtures', 'cut-while-ending.ts')],
    {
      stdio: 'inherit',
      timeout: 20_000,
      killSignal: 'SIGKILL',
    },
  );
  assert.deepEqual(await once(child, 'exit'), [0, null]);
});
