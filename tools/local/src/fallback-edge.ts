import { once } from 'node:events';
import { createReadStream, existsSync, statSync } from 'node:fs';
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { extname, join, normalize } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Exit } from '@ganitagya/testing';
import type { Upstreams } from './upstreams.ts';
import type { Part } from './keep-running.ts';

const PREFIXES: readonly (readonly [prefix: string, app: keyof Upstreams])[] = [
  ['/api/auth', 'auth'],
  ['/api/courses', 'courses'],
  ['/api/lessons', 'courses'],
  ['/api/enrolments', 'courses'],
  ['/api/progress', 'courses'],
  ['/api/ai', 'aiTutor'],
];
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};
const UPSTREAM_TIMEOUT_MS = 120_000;

/** Stands in for nginx on machines without it: the same paths, in turn over the processes; no limits, no caching. */
export function startFallbackEdge(port: number, upstreams: Upstreams, staticRoot: string): Part {
  let server: Server | undefined;
  let turn = 0;
  const handle = (request: IncomingMessage, response: ServerResponse) => {
    // As the service will see it, not as a URL parser would read it; the target of a request need not be a URL.
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const app = PREFIXES.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1];
    const servers = app === undefined ? [] : upstreams[app];
    const target = servers[turn++ % servers.length];
    if (target === undefined) sendStatic(staticRoot, path, response);
    else proxy(request, response, target);
  };
  return {
    name: 'edge (fallback)',
    async start() {
      server = createServer(handle);
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    // It lives in this process, so it ends only with it.
    exited: () => new Promise<Exit>(() => undefined),
    async stop() {
      server?.close();
      server?.closeAllConnections();
    },
  };
}

function proxy(
  request: IncomingMessage,
  response: ServerResponse,
  target: { host: string; port: number },
): void {
  const upstream = forward({
    ...target,
    method: request.method,
    path: request.url,
    headers: { ...request.headers, 'x-forwarded-for': request.socket.remoteAddress ?? '' },
    timeout: UPSTREAM_TIMEOUT_MS,
  });
  upstream.on('timeout', () => upstream.destroy(new Error('the service did not answer')));
  upstream.on('error', () => sendProblem(response, 502, 'edge.bad_gateway'));
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    pipeline(answer, response).catch(() => response.destroy());
  });
  response.on('close', () => upstream.destroy());
  pipeline(request, upstream).catch(() => upstream.destroy());
}

function sendStatic(root: string, path: string, response: ServerResponse): void {
  // A path from the root cannot be normalized to one above it.
  const file = join(root, normalize(path === '/' ? '/index.html' : `/${path}`));
  if (!existsSync(file) || !statSync(file).isFile()) {
    sendProblem(response, 404, 'path.unknown');
    return;
  }
  response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' });
  pipeline(createReadStream(file), response).catch(() => response.destroy());
}

function sendProblem(response: ServerResponse, status: number, code: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = JSON.stringify({ type: 'about:blank', title: code, status, code });
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(body);
}
