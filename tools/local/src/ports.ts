import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port that somebody else listens on. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';

  constructor(port: number) {
    super(`Port ${port} of 127.0.0.1 is taken. Choose another: npm start -- --port ${port + 1}`);
  }
}

const TRIES = 100;

/** The first port from `first` on that nobody listens on. */
export async function freePortFrom(first: number): Promise<number> {
  for (let port = first; port < first + TRIES; port += 1) {
    try {
      await assertPortFree(port);
      return port;
    } catch (error) {
      if (!(error instanceof PortTakenError)) throw error;
    }
  }
  throw new Error(`The ports from ${first} to ${first + TRIES - 1} are all taken.`);
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
