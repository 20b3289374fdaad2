import { Agent, request, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';

/** What a student's device got. */
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
  readonly ms: number;
  /** Pieces of the body and when they came, in milliseconds after the request. */
  readonly chunks: readonly { readonly text: string; readonly ms: number }[];
}

/** One call. `from` is the address that the call comes from, anything in 127.0.0.0/8. */
export interface Call {
  readonly from?: string;
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/** Calls a port of the loopback over connections that are kept for the next call. */
export interface Client {
  readonly call: (path: string, call?: Call) => Promise<Answered>;
  readonly close: () => void;
}

const TIMEOUT_MS = 30_000;

/** A client of the edge on `port`; each address that calls has its own connections. */
export function createClient(port: number): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1000 });
  return {
    call: (path, { from = '127.0.0.1', method = 'GET', headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const started = performance.now();
        const sent = request({ host: '127.0.0.1', port, agent, localAddress: from, method, path, headers });
        sent.setTimeout(TIMEOUT_MS, () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
        sent.once('error', reject).once('response', (response) => {
          const chunks: { text: string; ms: number }[] = [];
          response.setEncoding('utf8');
          response.on('data', (text: string) => chunks.push({ text, ms: performance.now() - started }));
          response.once('error', reject).once('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              rawHeaders: response.rawHeaders,
              body: chunks.map(({ text }) => text).join(''),
              ms: performance.now() - started,
              chunks,
            }),
          );
        });
        sent.end(body);
      }),
    close: () => agent.destroy(),
  };
}

/** How often each status was answered. */
export function countStatuses(answers: readonly Answered[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** An access token as far as the edge looks at it: three parts, the last one the signature. */
export function tokenOf(student: number): string {
  return `header.payload.${String(student).padStart(86, 's')}`;
}
