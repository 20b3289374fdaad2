import { STATUS_CODES } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { Problem } from './problem.ts';

/** The media type of a problem. */
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** A problem as it is sent. */
export function problemBody(request: FastifyRequest, found: Problem): object {
  return {
    type: 'about:blank',
    title: STATUS_CODES[found.statusCode] ?? 'Error',
    status: found.statusCode,
    code: found.code,
    detail: found.message,
    requestId: request.id,
    errors: found.errors,
  };
}
