import { PassThrough } from 'node:stream';

const HEARTBEAT_MS = 10_000;
/** Far above any answer; a client that does not read is cut off before it costs more memory than this. */
const BYTES_MAX = 512 * 1024;

/** Server-sent events for one answer. */
export class EventStream {
  readonly body = new PassThrough({ highWaterMark: BYTES_MAX });
  readonly #heartbeat: NodeJS.Timeout;

  constructor() {
    this.#heartbeat = setInterval(() => this.#write(': still here\n\n'), HEARTBEAT_MS).unref();
    this.body.once('close', () => clearInterval(this.#heartbeat));
    // A client that leaves destroys the stream; that is no error of ours.
    this.body.on('error', () => this.close());
    this.#write(': hello\n\n');
  }

  send(event: 'step' | 'citation' | 'token' | 'done' | 'error', data: object): void {
    this.#write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    this.body.end();
  }

  #write(text: string): void {
    if (this.body.destroyed || this.body.writableEnded) return;
    if (this.body.writableLength > BYTES_MAX) this.body.destroy();
    else this.body.write(text);
  }
}
