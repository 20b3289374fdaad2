import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemBody, PROBLEM_TYPE } from '../errors/problem-body.ts';
import { Problem } from '../errors/problem.ts';
import { LOOK_MS, type Look } from './in-flight.ts';

/** How many requests were ended before their answer, and why. */
export interface CutCounts {
  deadline: number;
  client_gone: number;
}

/** nginx' number for it; it goes to the log only. */
const CLIENT_GONE = new Problem(499, 'client.gone', 'The client did not wait for the answer.');

/**
 * Ends what is done for a request when its time is up or its client has gone. A handler that heeds that answers by itself
 * until the next look; then it is answered for.
 */
export function createLook(counts: CutCounts): Look {
  return (deadline) => {
    const { request, reply } = deadline;
    if (request === undefined || reply === undefined || reply.raw.writableFinished) return 'leaves';
    const { raw } = reply;
    if (raw.closed) {
      if (deadline.ended !== undefined) return 'leaves';
      counts.client_gone += 1;
      deadline.end(CLIENT_GONE);
      logGone(request, reply);
      return 'leaves';
    }
    // All of it is on its way, to a client that may be slow.
    if (raw.writableEnded) return 'stays';
    if (deadline.ended !== undefined) {
      if (!deadline.isAnswered && !raw.headersSent) answerFor(request, reply, deadline.ended);
      return 'leaves';
    }
    if (deadline.remainingMs > LOOK_MS) return 'stays';
    counts.deadline += 1;
    deadline.end(deadline.error());
    return 'stays';
  };
}

function logGone(request: FastifyRequest, reply: FastifyReply): void {
  const { url = 'unmatched' } = request.routeOptions;
  const durationMs = Math.round(reply.elapsedTime);
  request.log.info(
    { method: request.method, route: url, status: CLIENT_GONE.statusCode, durationMs },
    'request',
  );
}

/** Past Fastify, so that what the handler may still say comes too late for everybody and disturbs nothing. */
function answerFor(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  request.log.warn({ code: problem.code }, 'the time is up, and the handler goes on');
  const body = JSON.stringify(problemBody(request, problem));
  reply
    .removeHeader('etag')
    .headers({
      'cache-control': 'no-store',
      'content-type': PROBLEM_TYPE,
      'content-length': Buffer.byteLength(body),
    })
    .hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  reply.raw.writeHead(problem.statusCode);
  reply.raw.end(request.method === 'HEAD' ? undefined : body);
}
