import { isDatabaseOverloaded, isDatabaseUnavailable } from '@ganitagya/database';
import { isBulkheadFull, isCircuitOpen, isTimedOut } from '@ganitagya/resilience';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { KnownPaths } from '../http/known-paths.ts';
import { problemBody, PROBLEM_TYPE } from './problem-body.ts';
import { Problem, problem } from './problem.ts';

/** How many wrong fields an answer names; a body of 250 KB can hold 25 000 of them. */
const FIELDS_MAX = 20;

/** Sends every error and every unknown path as problem+json; what is inside a 5xx goes to the log only. */
export function handleProblems(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const found = problemFor(request, error);
    const told = { code: found.code, reason: reasonOf(found) };
    if (found.statusCode === 503) request.log.warn(told, 'request refused');
    else if (found.statusCode === 504) request.log.warn(told, 'request out of time');
    else if (found.statusCode >= 500) request.log.error({ err: error }, 'request failed');
    return sendProblem(request, reply, found);
  });
  const paths = new KnownPaths(app);
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, unmatched(paths, request, reply)));
}

/** Nothing is there, or something that has no such method. */
function unmatched(paths: KnownPaths, { method, url }: FastifyRequest, reply: FastifyReply): Problem {
  const allowed = paths.methodsOf(url).join(', ');
  if (allowed === '') return problem.notFound('path.unknown', `Nothing answers ${method} at this path.`);
  void reply.header('allow', allowed);
  return problem.methodNotAllowed('method.not_allowed', `This path takes ${allowed}, not ${method}.`);
}

/** Answers with one problem. */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, found: Problem): FastifyReply {
  if (found.retryAfterS !== undefined)
    void reply.header('retry-after', Math.max(1, Math.ceil(found.retryAfterS)));
  if (found.statusCode === 401) void reply.header('www-authenticate', 'Bearer');
  return reply
    .code(found.statusCode)
    .header('cache-control', 'no-store')
    .removeHeader('etag')
    .type(PROBLEM_TYPE)
    .serializer(JSON.stringify)
    .send(problemBody(request, found));
}

/** Of a request that was ended, what failed since then failed for that. */
function problemFor(request: FastifyRequest, error: unknown): Problem {
  const found = toProblem(error);
  const { deadline } = request as Partial<FastifyRequest>;
  return found.statusCode >= 500 ? (deadline?.ended ?? found) : found;
}

/** The problem that stands for any thrown value. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseOverloaded(error)) {
    return problem.unavailable('database.busy', 'Too much is going on; try again shortly.', 2, error);
  }
  if (isDatabaseUnavailable(error)) {
    return problem.unavailable(
      'database.unavailable',
      'This cannot be done right now; try again shortly.',
      5,
      error,
    );
  }
  if (isCircuitOpen(error) || isBulkheadFull(error) || isTimedOut(error)) {
    return problem.unavailable('dependency.unavailable', 'A part of the platform does not answer.', 5, error);
  }
  if (isFromFastify(error)) return fromFastify(error);
  return new Problem(500, 'internal', 'Something went wrong on our side.', { cause: error });
}

/**
 * Whether Fastify or a plugin of it says what is wrong with the request. Clients of other services throw errors with
 * a `statusCode` too, of an answer that is not ours to pass on. A body that breaks off is an ECONNRESET.
 */
function isFromFastify(error: unknown): error is FastifyError {
  if (!(error instanceof Error) || !('statusCode' in error && 'code' in error)) return false;
  return typeof error.code === 'string' && /^(?:FST_|ECONNRESET$)/u.test(error.code);
}

/** Why a request was refused, for the log: in an overload, the stacks of thousands would cost more than they tell. */
function reasonOf({ cause }: Problem): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}

function fromFastify(error: FastifyError): Problem {
  const statusCode = error.statusCode ?? 500;
  if (error.validation !== undefined) {
    const place = error.validationContext ?? 'body';
    return problem.badRequest('input.invalid', `The ${place} is not as expected.`, {
      errors: error.validation.slice(0, FIELDS_MAX).map((fault) => ({
        field: `/${place}${fault.instancePath}${missingField(fault.params)}`,
        message: fault.message ?? 'is not valid',
      })),
    });
  }
  if (statusCode >= 500) {
    return statusCode === 503
      ? problem.unavailable('service.unavailable', 'The service cannot answer right now.', 5, error)
      : new Problem(500, 'internal', 'Something went wrong on our side.', { cause: error });
  }
  return new Problem(statusCode, codeOf(error), error.message);
}

function missingField(params: Record<string, unknown>): string {
  const name = params['missingProperty'] ?? params['additionalProperty'];
  return typeof name === 'string' ? `/${name}` : '';
}

/** `FST_ERR_CTP_BODY_TOO_LARGE` becomes `request.body_too_large`. */
function codeOf(error: FastifyError): string {
  return `request.${error.code.replace(/^FST_(ERR_)?(CTP_)?/u, '').toLowerCase()}`;
}
