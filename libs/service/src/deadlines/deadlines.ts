import type { Metrics } from '@ganitagya/metrics';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Problem } from '../errors/problem.ts';
import { InFlight } from './in-flight.ts';
import { createLook } from './look.ts';
import { RefusalShare } from './refusal-share.ts';
import { RequestDeadline } from './request-deadline.ts';
import { RoutePace } from './route-pace.ts';
import { parseTimeout, TIMEOUT_HEADER } from './timeout-header.ts';

/** The service's own bound, which a caller can only ask to be less, and where to count what does not end well. */
export interface DeadlineOptions {
  readonly timeoutMs: number;
  readonly metrics: Metrics;
}

/**
 * Ends what is done for a request when nobody waits for it any more: at the time that its caller has set, or the service,
 * or when its client hangs up. Refuses at once what cannot be done in time. Register it before what does the work.
 */
export const deadlines = fp<DeadlineOptions>(
  async (app, { timeoutMs, metrics }) => {
    const counts = { refused: { expired: 0, too_short: 0 }, cut: { deadline: 0, client_gone: 0 } };
    metrics.deadlines.observe(counts);
    const share = new RefusalShare();
    const inFlight = new InFlight(createLook(counts.cut));
    app.decorateRequest('deadline');
    app.addHook('onRoute', (route) => {
      const pace = new RoutePace();
      route.config = { ...route.config, pace };
      route.onResponse = [route.onResponse ?? []].flat();
      route.onResponse.push((request, reply, done) => {
        const deadline = deadlineOf(request);
        if (deadline !== undefined) inFlight.leave(deadline);
        if (deadline !== undefined && reply.statusCode < 500) pace.observe(reply.elapsedTime);
        done();
      });
    });
    app.addHook('onRequest', (request, reply, done) => {
      const askedMs = parseTimeout(request.headers[TIMEOUT_HEADER]);
      const deadline = new RequestDeadline(request, reply, askedMs, timeoutMs);
      request.deadline = deadline;
      const reason = askedMs === undefined ? undefined : whyTooLate(deadline, request);
      if (askedMs !== undefined && share.mayRefuse(reason !== undefined) && reason !== undefined) {
        counts.refused[reason] += 1;
        // Not 504: it is safe to repeat, with more time.
        void reply.header('x-not-started', '1');
        done(new Problem(503, 'service.deadline', 'This cannot be done in the time that is left for it.'));
        return;
      }
      inFlight.enter(deadline);
      done();
    });
    app.addHook('onSend', (request, _reply, _payload, done) => {
      const deadline = deadlineOf(request);
      if (deadline !== undefined) deadline.isAnswered = true;
      done();
    });
    app.addHook('onClose', async () => inFlight.stop());
  },
  { name: 'deadlines', fastify: '5.x' },
);

/** None of a request that was refused before. */
function deadlineOf(request: FastifyRequest): RequestDeadline | undefined {
  return request.deadline;
}

function whyTooLate(
  { remainingMs }: RequestDeadline,
  request: FastifyRequest,
): 'expired' | 'too_short' | undefined {
  if (remainingMs < 1) return 'expired';
  const { pace } = request.routeOptions.config;
  return pace !== undefined && remainingMs < pace.medianMs ? 'too_short' : undefined;
}
