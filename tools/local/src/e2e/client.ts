import { randomUUID } from 'node:crypto';
import { Agent, request as open, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { once } from 'node:events';

/** One answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // The test knows what it asked for.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
  json<Body>(): Body;
}

/** What to send. */
export interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 20_000;

/** A student's device: its own loopback address, kept-alive connections, and a token once signed in. */
export class Client {
  readonly #base: URL;
  readonly #agent: Agent;
  token: string | undefined;

  constructor(base: string, address = '127.0.0.1') {
    this.#base = new URL(base);
    this.#agent = new Agent({ keepAlive: true, localAddress: address, maxSockets: 8 });
  }

  async call(path: string, { method = 'GET', body, headers = {} }: Call = {}): Promise<Answer> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const request = open(new URL(path, this.#base), {
      method,
      agent: this.#agent,
      timeout: TIMEOUT_MS,
      headers: {
        ...(payload === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
    });
    request.on('timeout', () => request.destroy(new Error(`${method} ${path} took over ${TIMEOUT_MS} ms`)));
    request.end(payload);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      text,
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as declared
      json: <Body>() => JSON.parse(text) as Body,
    };
  }

  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    return this.call(path, { method: 'POST', body, ...(headers === undefined ? {} : { headers }) });
  }

  /** Registers a new student and signs in; the token goes with every later call. */
  async register(): Promise<{ readonly email: string; readonly password: string }> {
    const account = { email: `${randomUUID()}@example.in`, password: `long-${randomUUID()}` };
    const answer = await this.post('/api/auth/register', { ...account, name: 'Asha Rao' });
    if (answer.status !== 201) throw new Error(`register answered ${answer.status}: ${answer.text}`);
    this.token = answer.json<{ token: string }>().token;
    return account;
  }

  close(): void {
    this.#agent.destroy();
  }
}
