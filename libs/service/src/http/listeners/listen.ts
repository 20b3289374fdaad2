import cluster from 'node:cluster';
import type { FastifyInstance } from 'fastify';
import { canReusePort, requireFreePort } from './reuse-port.ts';
import { serverOf } from './shared-port-server.ts';

/** So many connections are accepted a turn of the event loop. */
const LISTENERS = 32;

/** Listens, several times where the platform can; port 0 is any free one. Resolves with the URL. */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  // Workers that share a port of the kernel's choice get it from the primary.
  const isShared = !(cluster.isWorker && port === 0) && (await canReusePort());
  if (isShared && !cluster.isWorker && port !== 0) await requireFreePort(host, port);
  const options = { host, port, reusePort: isShared };
  const address = await app.listen(options);
  if (isShared) await serverOf(app).listenAgain(LISTENERS - 1);
  return address;
}
