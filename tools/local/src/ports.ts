import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port that somebody else listens on. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';

  constructor(port: number) {
    super(`Port ${port} of 127.0.0.1 is taken. Choose another: npm start -- --port ${port + 1}`);
  }
}

/** Throws a `PortTakenError` when a port cannot be listened on. */
export async function assertPortFree(port: number): Promise<void> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') throw new PortTakenError(port);
    throw error;
  }
  server.close();
  await once(server, 'close');
}
