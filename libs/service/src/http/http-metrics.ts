import type { Socket } from 'node:net';
import type { Metrics } from '@ganitagya/metrics';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { tellObjectives } from './route-objectives.ts';

const SLOW_MS = 1_000;
/** Of a request whose client was gone before its answer. */
const CLIENT_GONE = 499;
const VERBOSE_LEVELS: readonly string[] = ['debug', 'trace'];

/** Measures every request by the pattern of its route, counts connections, and logs what failed or was slow. */
export const httpMetrics = fp<{ readonly metrics: Metrics }>(
  async (app, { metrics }) => {
    tellObjectives(app, metrics);
    const logsAll = VERBOSE_LEVELS.includes(app.log.level);
    // By connection, not by request: a listener for each request would cost more than all else here.
    const latest = new WeakMap<Socket, FastifyReply>();
    app.server.on('connection', (socket: Socket) => {
      metrics.http.connectionOpened();
      socket.once('close', () => {
        metrics.http.connectionClosed();
        const reply = latest.get(socket);
        if (reply?.raw.writableFinished === false) observe(metrics, reply, CLIENT_GONE);
      });
    });
    app.addHook('onRequest', (request, reply, done) => {
      latest.set(request.raw.socket, reply);
      done();
    });
    app.addHook('onResponse', (request, reply, done) => {
      const { statusCode } = reply;
      const durationMs = observe(metrics, reply, statusCode);
      // Whoever refuses says so; thousands a second are no news each.
      const failed = statusCode >= 500 && statusCode !== 503;
      if (failed || durationMs > SLOW_MS) request.log.info(entryOf(request, reply), 'request');
      else if (logsAll) request.log.debug(entryOf(request, reply), 'request');
      done();
    });
  },
  { name: 'http-metrics', fastify: '5.x' },
);

function observe(metrics: Metrics, { request, elapsedTime }: FastifyReply, statusCode: number): number {
  const route = request.routeOptions.url ?? 'unmatched';
  metrics.http.observe({ method: request.method, route, statusCode }, elapsedTime / 1_000);
  return elapsedTime;
}

function entryOf(request: FastifyRequest, reply: FastifyReply) {
  return {
    method: request.method,
    route: request.routeOptions.url ?? 'unmatched',
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime),
  };
}
