import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { HealthReport } from './health-checks.ts';

/** What the management port tells; of one process, or of all workers together. */
export interface ManagementSource {
  ready(): boolean | Promise<boolean>;
  health(): Promise<HealthReport>;
  /** The exposition text for Prometheus and its content type. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
}

type Answer = readonly [status: number, contentType: string, body: string];

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

/** `/livez` (the loop turns), `/readyz`, `/health` and `/metrics`, on a port that the edge never reaches. */
export async function startManagementServer(
  source: ManagementSource,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Server> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '/';
    answer(source, path).then(
      (found) => send(response, found),
      (error: unknown) => send(response, [500, TEXT, error instanceof Error ? error.message : 'failed']),
    );
  });
  server.requestTimeout = 5_000;
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function answer(source: ManagementSource, path: string): Promise<Answer> {
  switch (path) {
    case '/livez':
      return [200, TEXT, 'ok\n'];
    case '/readyz':
      return (await source.ready()) ? [200, TEXT, 'ready\n'] : [503, TEXT, 'not ready\n'];
    case '/health': {
      const report = await source.health();
      return [report.status === 'down' ? 503 : 200, JSON_TYPE, `${JSON.stringify(report, null, 2)}\n`];
    }
    case '/metrics': {
      const { contentType, body } = await source.metrics();
      return [200, contentType, body];
    }
    default:
      return [404, TEXT, 'not found\n'];
  }
}

function send(response: ServerResponse, [status, contentType, body]: Answer): void {
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
}
