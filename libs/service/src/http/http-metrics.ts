import type { Metrics } from '@ganitagya/metrics';
import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

const SLOW_MS = 1_000;
const VERBOSE_LEVELS: readonly string[] = ['debug', 'trace'];

/** Measures every request by the pattern of its route, counts connections, and logs what failed or was slow. */
export const httpMetrics = fp<{ readonly metrics: Metrics }>(
  async (app, { metrics }) => {
    const logsAll = VERBOSE_LEVELS.includes(app.log.level);
    app.server.on('connection', (socket) => {
      metrics.http.connectionOpened();
      socket.once('close', () => metrics.http.connectionClosed());
    });
    app.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unmatched';
      const durationMs = reply.elapsedTime;
      const { statusCode } = reply;
      metrics.http.observe({ method: request.method, route, statusCode }, durationMs / 1000);
      // Whoever refuses says so; thousands a second are no news each.
      const failed = statusCode >= 500 && statusCode !== 503;
      if (failed || durationMs > SLOW_MS) request.log.info(entryOf(request, reply), 'request');
      else if (logsAll) request.log.debug(entryOf(request, reply), 'request');
      done();
    });
  },
  { name: 'http-metrics', fastify: '5.x' },
);

function entryOf(request: FastifyRequest, reply: FastifyReply) {
  return {
    method: request.method,
    route: request.routeOptions.url ?? 'unmatched',
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime),
  };
}
