import type { Server, ServerResponse } from 'node:http';

const EVERY_MS = 100;
const SILENT_MS = 2_000;

/**
 * Lets go of the connections that would keep a closing server open: one whose answer began before the drain, and so
 * did not say `Connection: close`, when the answer ends; one that never asked anything, after two seconds.
 */
export class ConnectionReaper {
  readonly #server: Server;
  #inFlight = 0;

  constructor(server: Server) {
    this.#server = server;
    const end = () => void (this.#inFlight -= 1);
    server.on('request', (_request, response: ServerResponse) => {
      this.#inFlight += 1;
      response.on('close', end);
    });
  }

  /** Reaps until the returned function is called. */
  start(): () => void {
    const startedAt = performance.now();
    const timer = setInterval(() => {
      this.#server.closeIdleConnections();
      const onlySilent = this.#inFlight === 0 && performance.now() - startedAt > SILENT_MS;
      if (onlySilent) this.#server.closeAllConnections();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }
}
