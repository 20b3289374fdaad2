import { once } from 'node:events';
import { Server } from 'node:http';
import { Server as SocketServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Quiet turns are waited for so long, all listeners together; under overload turns are long, and never quiet. */
const TURNS_MAX = 128;

/**
 * An HTTP server that can listen several times on its port. The loop accepts one connection a turn from each listener,
 * so under load one listener keeps clients waiting for turns before they can even be refused.
 */
export class SharedPortServer extends Server {
  readonly #others: SocketServer[] = [];
  readonly #othersClosed: Promise<void>[] = [];

  /** Opens `count` more listeners where it listens; it must have been told to with `reusePort`. */
  async listenAgain(count: number): Promise<void> {
    const { address: host, port } = this.address() as AddressInfo;
    for (let opened = 0; opened < count; opened += 1) {
      // As the HTTP server's own.
      const other = new SocketServer({ allowHalfOpen: true, noDelay: true });
      other.on('connection', (socket: Socket) => this.emit('connection', socket));
      other.listen({ host, port, reusePort: true });
      await once(other, 'listening');
      other.on('error', (error) => this.emit('error', error));
      this.#others.push(other);
      this.#othersClosed.push(new Promise<void>((resolve) => other.once('close', resolve)));
    }
  }

  /**
   * Closes all listeners and no connection. The kernel resets what it has queued at a listener that closes, so each is
   * closed right after a turn of the loop that accepted nothing; all in one turn would leave the last ones time to get some.
   */
  async stopAccepting(): Promise<void> {
    let accepted = 0;
    const count = () => (accepted += 1);
    this.on('connection', count);
    let turns = 0;
    const nothingQueued = async () => {
      for (let before = -1; before !== accepted && turns < TURNS_MAX; turns += 1) {
        before = accepted;
        await nextTurn();
      }
    };
    for (const other of this.#others.splice(0)) {
      await nothingQueued();
      other.close();
    }
    await nothingQueued();
    this.off('connection', count);
    if (this.listening) SocketServer.prototype.close.call(this);
  }

  /** As a server with one listener: no new connections, no idle ones, and `callback` when the last has ended. */
  override close(callback?: (error?: Error) => void): this {
    this.#closeOthers();
    return super.close((error) => {
      void Promise.all(this.#othersClosed).then(() => callback?.(error));
    });
  }

  #closeOthers(): void {
    for (const other of this.#others.splice(0)) other.close();
  }
}

/** The server of an app of `createServer`. */
export function serverOf({ server }: FastifyInstance): SharedPortServer {
  if (server instanceof SharedPortServer) return server;
  throw new TypeError('the app was made with another kind of server');
}
