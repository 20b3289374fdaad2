import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const CLOSES = Buffer.from('\r\nConnection: close\r\n');

/** Asks a server over some connections that stay open, each one thing after the other, until it is stopped. */
export class Load {
  readonly #requests: readonly Buffer[];
  readonly #sockets = new Set<Socket>();
  readonly #answerBytes: number;
  readonly #lastAnswerBytes: number;
  #next = 0;
  #answered = 0;
  #isRunning = false;
  #underWay = 0;
  #onIdle: () => void = () => undefined;
  #fault: Error | undefined;

  private constructor(requests: readonly Buffer[], answerBytes: number, lastAnswerBytes: number) {
    this.#requests = requests;
    this.#answerBytes = answerBytes;
    this.#lastAnswerBytes = lastAnswerBytes;
  }

  /**
   * Connects; all answers must be as long as the first, which tells one from the next without parsing them. When a
   * server says that an answer is the last on its connection, another one is opened.
   */
  static async open(port: number, requests: readonly Buffer[], connections: number): Promise<Load> {
    const [first] = requests;
    if (first === undefined) throw new RangeError('there is nothing to ask');
    const lengthOf = async (request: Buffer) => (await askOnce(port, request)).length;
    const load = new Load(requests, await lengthOf(first), await lengthOf(asLast(first)));
    for (let i = 0; i < connections; i += 1) await load.#connect(port);
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
    this.#sockets.add(socket);
    let missing = this.#answerBytes;
    let isLast = false;
    socket.on('data', (chunk: Buffer) => {
      if (missing === this.#answerBytes) {
        if (!chunk.subarray(9, 12).equals(OK)) {
          this.#fail(new Error(`the server answers ${chunk.toString('latin1', 0, 300)}`));
          return;
        }
        isLast = chunk.includes(CLOSES);
        if (isLast) missing = this.#lastAnswerBytes;
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
      if (isLast) this.#replace(socket, port);
      else if (this.#isRunning) this.#ask(socket);
      else if (this.#underWay === 0) this.#onIdle();
    });
    socket.on('error', (error) => this.#fail(error));
    return socket;
  }

  #replace(socket: Socket, port: number): void {
    this.#sockets.delete(socket);
    socket.destroy();
    // Counts as under way, so that a run does not end before all its connections are there again.
    this.#underWay += 1;
    this.#connect(port).then(
      (opened) => {
        this.#underWay -= 1;
        if (this.#isRunning) this.#ask(opened);
        else if (this.#underWay === 0) this.#onIdle();
      },
      (error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))),
    );
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

/** The same request on a connection that is not to stay open. */
function asLast(request: Buffer): Buffer {
  return Buffer.from(
    request.toString('latin1').replace(/(\r\nconnection:[^\r]*)?\r\n\r\n/iu, '\r\nConnection: close\r\n\r\n'),
    'latin1',
  );
}
