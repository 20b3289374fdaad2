import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a service saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly httpVersion: string;
  readonly body: string;
}

/** Answers a request instead of the usual 200. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A service that notes what reaches it. */
export interface Upstream {
  readonly port: number;
  readonly seen: SeenRequest[];
  /** TCP connections accepted so far. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/** Starts a stand-in for a service; without `answer` it says 200 with a small JSON body. */
export async function startUpstream(answer: Answer = answerOk): Promise<Upstream> {
  const seen: SeenRequest[] = [];
  let connections = 0;
  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    const { method = '', url = '', headers, httpVersion } = request;
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.once('end', () => {
      seen.push({ method, url, headers, httpVersion, body });
      answer(request, response);
    });
  });
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1', 4096);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    connections: () => connections,
    close: async () => {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerOk(_request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('content-type', 'application/json').end('{"ok":true}');
}
