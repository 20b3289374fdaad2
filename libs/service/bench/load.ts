import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');

/** Asks a server over some connections that stay open, each one thing after the other, until it is stopped. */
export class Load {
  readonly #requests: readonly Buffer[];
  readonly #sockets: Socket[] = [];
  readonly #answerBytes: number;
  #next = 0;
  #answered = 0;
  #isRunning = false;
  #underWay = 0;
  #onIdle: () => void = () => undefined;
  #fault: Error | undefined;

  private constructor(requests: readonly Buffer[], answerBytes: number) {
    this.#requests = requests;
    this.#answerBytes = answerBytes;
  }

  /** Connects; all answers must be as long as the first, which tells one from the next without parsing them. */
  static async open(port: number, requests: readonly Buffer[], connections: number): Promise<Load> {
    const [first] = requests;
    if (first === undefined) throw new RangeError('there is nothing to ask');
    const load = new Load(requests, (await askOnce(port, first)).length);
    for (let i = 0; i < connections; i += 1) load.#sockets.push(await load.#connect(port));
    return load;
  }

  /** How many answers came within the time, to its last. */
  async run(durationMs: number): Promise<{ readonly answers: number; readonly seconds: number }> {
    this.#answered = 0;
    this.#isRunning = true;
    const startedAt = performance.now();
    for (const socket of this.#sockets) this.#ask(socket);
    const timer = setTimeout(() => (this.#isRunning = false), durationMs);
    await new Promise<void>((resolve) => (this.#onIdle = resolve));
    clearTimeout(timer);
    if (this.#fault !== undefined) throw this.#fault;
    return { answers: this.#answered, seconds: (performance.now() - startedAt) / 1_000 };
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #connect(port: number): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    let missing = this.#answerBytes;
    socket.on('data', (chunk: Buffer) => {
      if (missing === this.#answerBytes && !chunk.subarray(9, 12).equals(OK)) {
        this.#fail(new Error(`the server answers ${chunk.toString('latin1', 0, 300)}`));
        return;
      }
      missing -= chunk.length;
      if (missing > 0) return;
      if (missing < 0) {
        this.#fail(new Error('an answer is longer than the first'));
        return;
      }
      missing = this.#answerBytes;
      this.#answered += 1;
      this.#underWay -= 1;
      if (this.#isRunning) this.#ask(socket);
      else if (this.#underWay === 0) this.#onIdle();
    });
    socket.on('error', (error) => this.#fail(error));
    return socket;
  }

  #ask(socket: Socket): void {
    this.#underWay += 1;
    const request = this.#requests[this.#next];
    this.#next = (this.#next + 1) % this.#requests.length;
    if (request !== undefined) socket.write(request);
  }

  #fail(error: Error): void {
    this.#isRunning = false;
    this.#fault ??= error;
    this.#onIdle();
  }
}

const OK = Buffer.from('200');

/** The bytes of one answer, which must have a Content-Length. */
export async function askOnce(port: number, request: Buffer): Promise<Buffer> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  socket.write(request);
  let answer = Buffer.alloc(0);
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    answer = Buffer.concat([answer, chunk]);
    const headEnd = answer.indexOf(HEAD_END);
    const length = /\r\ncontent-length: (\d+)/iu.exec(answer.toString('latin1', 0, headEnd))?.[1];
    if (headEnd >= 0 && length === undefined) break;
    if (headEnd >= 0 && answer.length >= headEnd + HEAD_END.length + Number(length)) return answer;
  }
  throw new Error(`no whole answer: ${answer.toString('latin1', 0, 300)}`);
}
