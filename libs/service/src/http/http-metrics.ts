import type { Metrics } from '@ganitagya/metrics';
import fp from 'fastify-plugin';

const SLOW_MS = 1_000;

/** Measures every request by the pattern of its route, counts connections, and logs what failed or was slow. */
export const httpMetrics = fp<{ readonly metrics: Metrics }>(
  async (app, { metrics }) => {
    app.server.on('connection', (socket) => {
      metrics.http.connectionOpened();
      socket.once('close', () => metrics.http.connectionClosed());
    });
    app.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unmatched';
      const durationMs = reply.elapsedTime;
      metrics.http.observe(
        { method: request.method, route, statusCode: reply.statusCode },
        durationMs / 1000,
      );
      const entry = {
        method: request.method,
        route,
        status: reply.statusCode,
        durationMs: Math.round(durationMs),
      };
      if (reply.statusCode >= 500 || durationMs > SLOW_MS) request.log.info(entry, 'request');
      else request.log.debug(entry, 'request');
      done();
    });
  },
  { name: 'http-metrics', fastify: '5.x' },
);
