import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';

import { startDeadline } from './deadline.ts';
import { sleep } from './sleep.ts';

function block(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}

test('tells that nothing came in time', async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  startDeadline(5, () => resolve('late'));
  assert.equal(await promise, 'late');
});

test('says nothing after it was stopped', async () => {
  let lates = 0;
  const stop = startDeadline(5, () => lates++);
  stop();
  await sleep(30);
  assert.equal(lates, 0);
});

test('handles first what arrived while the event loop was blocked', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  t.after(() => client.destroy());
  const [peer] = (await once(server, 'connection')) as [Socket];

  let lates = 0;
  const stop = startDeadline(5, () => lates++);
  const arrived = once(client, 'data').then(stop);
  peer.write('in time');
  block(30);
  await arrived;
  await sleep(10);
  assert.equal(lates, 0);
});
