import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long a connection may be used; each gets between half of it and all of it, so that they don't go together. */
export interface ConnectionLimits {
  readonly requestsMax: number;
  readonly ageMaxMs: number;
}

/** How a connection is used. */
interface Use {
  requests: number;
  requestsMax: number;
  readonly expiresAt: number;
  bytesRead: number;
  quietSince: number;
}

const LIMITS: ConnectionLimits = { requestsMax: 10_000, ageMaxMs: 240_000 };
const EXPIRE_EVERY_MS = 1_000;

/**
 * The connections of a server and the answers under way on them. It ends them gently: the last answer on a connection
 * says `Connection: close`. In normal running that is after a number of requests or minutes, so that new workers and
 * new pods get their share of long-lived connections; while the server drains it is the next answer.
 */
export class Connections {
  readonly #uses = new Map<Socket, Use>();
  readonly #open = new Set<ServerResponse>();
  readonly #limits: ConnectionLimits;
  readonly #timer: NodeJS.Timeout;
  #isLettingGo = false;
  #acceptedAt = -Infinity;
  #answered = 0;
  #failed = 0;

  constructor(server: Server, limits: Partial<ConnectionLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    server.on('connection', (socket: Socket) => this.#connected(socket));
    // Before the handler, which may answer at once.
    server.prependListener('request', (request, response) => this.#asked(request, response));
    this.#timer = setInterval(() => this.#expire(), EXPIRE_EVERY_MS).unref();
  }

  get size(): number {
    return this.#uses.size;
  }

  /** The answers under way. */
  get open(): Iterable<ServerResponse> {
    return this.#open;
  }

  get inFlight(): number {
    return this.#open.size;
  }

  /** When a connection came last, by `performance.now()`. */
  get acceptedAt(): number {
    return this.#acceptedAt;
  }

  get answered(): number {
    return this.#answered;
  }

  /** Answers with a 5xx, without those that were refused before any work. */
  get failed(): number {
    return this.#failed;
  }

  /** From now on each answer is the last one on its connection. */
  letGo(): void {
    this.#isLettingGo = true;
    for (const response of this.#open) response.shouldKeepAlive = false;
  }

  /** Closes the connections on which nothing was under way since `quietMs`. To be called again and again. */
  closeQuiet(quietMs: number): void {
    const now = performance.now();
    const busy = new Set([...this.#open].map((response) => response.req.socket));
    for (const [socket, use] of this.#uses) {
      if (busy.has(socket) || use.bytesRead !== socket.bytesRead) {
        use.bytesRead = socket.bytesRead;
        use.quietSince = now;
      } else if (now - use.quietSince >= quietMs) {
        socket.destroySoon();
      }
    }
  }

  /** Ends the answers of unknown length that have begun, with the mark by which a client knows a whole answer. */
  endStreams(): void {
    for (const response of this.#open) {
      if (!response.headersSent || response.writableEnded || response.hasHeader('content-length')) continue;
      // Its source may write once more before it hears of the end.
      response.on('error', () => undefined);
      response.end();
    }
  }

  /** Cuts what is left; returns how many answers were under way. */
  cut(): number {
    const { inFlight } = this;
    for (const socket of this.#uses.keys()) socket.destroy();
    return inFlight;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #connected(socket: Socket): void {
    const { requestsMax, ageMaxMs } = this.#limits;
    this.#acceptedAt = performance.now();
    this.#uses.set(socket, {
      requests: 0,
      requestsMax: Math.ceil(jittered(requestsMax)),
      expiresAt: this.#acceptedAt + jittered(ageMaxMs),
      bytesRead: -1,
      quietSince: this.#acceptedAt,
    });
    socket.once('close', () => this.#uses.delete(socket));
  }

  #asked(request: IncomingMessage, response: ServerResponse): void {
    const use = this.#uses.get(request.socket);
    if (this.#isLettingGo) response.shouldKeepAlive = false;
    else if (use !== undefined && (use.requests += 1) >= use.requestsMax) response.shouldKeepAlive = false;
    this.#open.add(response);
    response.on('close', () => this.#ended(response));
  }

  #ended(response: ServerResponse): void {
    this.#open.delete(response);
    this.#answered += 1;
    if (response.statusCode >= 500 && !response.hasHeader('x-not-started')) this.#failed += 1;
  }

  #expire(): void {
    const now = performance.now();
    for (const use of this.#uses.values()) if (now >= use.expiresAt) use.requestsMax = 0;
  }
}

function jittered(most: number): number {
  return most * (0.5 + Math.random() / 2);
}
