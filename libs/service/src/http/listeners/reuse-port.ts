import { once } from 'node:events';
import { createServer, type ListenOptions } from 'node:net';

/** Whether several sockets of this machine may listen on one port, and the kernel spreads connections over them. */
export async function canReusePort(): Promise<boolean> {
  return tryListen({ host: '127.0.0.1', port: 0, reusePort: true }).then(
    () => true,
    (error: unknown) => {
      if (isUnsupported(error)) return false;
      throw error;
    },
  );
}

/**
 * Fails with EADDRINUSE when somebody listens there. A listener that shares its port would not notice, and would take
 * half of another service's requests.
 */
export async function requireFreePort(host: string, port: number): Promise<void> {
  await tryListen({ host, port, exclusive: true });
}

async function tryListen(options: ListenOptions): Promise<void> {
  const server = createServer().listen(options);
  await once(server, 'listening');
  const closed = once(server, 'close');
  server.close();
  await closed;
}

function isUnsupported(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTSUP' || error.code === 'EINVAL');
}
