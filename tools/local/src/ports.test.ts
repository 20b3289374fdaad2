import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { assertPortFree, PortTakenError } from './ports.ts';

test('a port is taken while somebody listens on it, and free again afterwards', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await assert.rejects(
    assertPortFree(port),
    (error) =>
      error instanceof PortTakenError &&
      error.message === `Port ${port} of 127.0.0.1 is taken. Choose another: npm start -- --port ${port + 1}`,
  );
  server.close();
  await once(server, 'close');
  await assertPortFree(port);
  await assertPortFree(port);
});
