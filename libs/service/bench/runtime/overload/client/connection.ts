import { connect, type Socket } from 'node:net';

/** What came back. */
export interface Reply {
  readonly status: number;
  /** Whole seconds, when it says when to come again. */
  readonly retryAfterS: number | undefined;
  /** Of what went wrong, the code of the problem. */
  readonly problem: string | undefined;
}

type OnReply = (reply: Reply | undefined) => void;

const PROBLEM_CODE = /"code":"([\w.]+)"/u;
const HEAD_END = Buffer.from('\r\n\r\n');

/** A connection that carries one request at a time and knows just enough of HTTP to tell where an answer ends. */
export class Connection {
  readonly #socket: Socket;
  readonly #onIdle: (connection: Connection) => void;
  #received: Buffer = Buffer.alloc(0);
  #onReply: OnReply | undefined;

  constructor(port: number, onIdle: (connection: Connection) => void) {
    this.#onIdle = onIdle;
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true });
    this.#socket.on('data', (chunk) => this.#read(chunk));
    // What is wrong is told by the close that follows.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#settle(undefined));
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** Sends; `onReply` hears once of the answer, or of the end of the connection. */
  ask(request: string, onReply: OnReply): void {
    this.#onReply = onReply;
    this.#socket.write(request, 'latin1');
  }

  /** Hangs up; whoever waits for an answer hears nothing more. */
  hangUp(): void {
    this.#onReply = undefined;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.#received.toString('latin1', 0, headEnd + 2);
    const length = Number(/\r\ncontent-length: (\d+)/iu.exec(head)?.[1]);
    if (!(this.#received.length >= headEnd + HEAD_END.length + length)) {
      if (Number.isNaN(length)) this.#socket.destroy();
      return;
    }
    const status = Number(head.slice(9, 12));
    const problem =
      status < 400 ? undefined : PROBLEM_CODE.exec(this.#received.toString('latin1', headEnd))?.[1];
    this.#received = Buffer.alloc(0);
    const retryAfter = status === 503 ? /\r\nretry-after: (\d+)/iu.exec(head)?.[1] : undefined;
    const isLast = /\r\nconnection: close\r\n/iu.test(head);
    this.#settle({ status, retryAfterS: retryAfter === undefined ? undefined : Number(retryAfter), problem });
    if (isLast) this.#socket.destroy();
    else this.#onIdle(this);
  }

  #settle(reply: Reply | undefined): void {
    const onReply = this.#onReply;
    this.#onReply = undefined;
    onReply?.(reply);
  }
}
