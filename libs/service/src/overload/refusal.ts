import type { Refusal } from '@ganitagya/resilience';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../errors/problem-handler.ts';
import { problem, type Problem } from '../errors/problem.ts';
import { introduce } from '../http/introduce.ts';

const RETRY_AFTER_S_MAX = 10;

/** By seconds: made once, because there may be thousands a second, and an error keeps its stack. */
const problems: readonly Problem[] = Array.from({ length: RETRY_AFTER_S_MAX + 1 }, (_, seconds) =>
  problem.unavailable('service.overloaded', 'Too much is going on; try again shortly.', Math.max(1, seconds)),
);

/** Answers a request for which nothing was done, so that it may be sent again. */
export function sendRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  { retryAfterMs }: Refusal,
  level: number,
): void {
  const seconds = Math.min(RETRY_AFTER_S_MAX, Math.max(1, Math.ceil(retryAfterMs / 1_000)));
  introduce(request, reply);
  if (level > 0) reply.header('x-load-level', level);
  reply.header('x-not-started', 1);
  sendProblem(request, reply, problems[seconds] as Problem);
}
