import type { WorkLimit } from '@ganitagya/database';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../errors/problem.ts';
import type { RoutePace } from './route-pace.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Until when the request is worth working on; its `signal` ends what is done for it. */
    deadline: RequestDeadline;
  }
  interface FastifyContextConfig {
    /** The longest that the service works on a request of this route, if it is not the usual. */
    timeoutMs?: number;
    /** Kept by the deadlines. */
    pace?: RoutePace;
  }
}

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Until when a request is worth working on. Most requests never ask: what that costs (a signal, the route's own bound) is
 * made when it is first needed.
 */
export class RequestDeadline implements WorkLimit {
  /** Neighbours among the requests in flight. */
  before: RequestDeadline | undefined;
  after: RequestDeadline | undefined;
  /** Whether the answer is on its way: nobody else may answer now. */
  isAnswered = false;
  #request: FastifyRequest | undefined;
  #reply: FastifyReply | undefined;
  readonly #askedMs: number | undefined;
  readonly #boundMs: number;
  #totalMs: number | undefined;
  #ended: Problem | undefined;
  #controller: AbortController | undefined;

  /** Of a caller that waits `askedMs`, at a service that works on a request no longer than `boundMs`. */
  constructor(request: FastifyRequest, reply: FastifyReply, askedMs: number | undefined, boundMs: number) {
    this.#request = request;
    this.#reply = reply;
    this.#askedMs = askedMs;
    this.#boundMs = boundMs;
  }

  /** Undefined once the request is over. */
  get request(): FastifyRequest | undefined {
    return this.#request;
  }

  get reply(): FastifyReply | undefined {
    return this.#reply;
  }

  /** From the request's arrival on, what it waited in queues included. */
  get totalMs(): number {
    this.#totalMs ??= Math.min(
      this.#askedMs ?? Infinity,
      this.#request?.routeOptions.config.timeoutMs ?? this.#boundMs,
    );
    return this.#totalMs;
  }

  /** Infinity behind the answer: for what still goes on then nobody waits. */
  get remainingMs(): number {
    if (this.#ended !== undefined) return 0;
    if (this.#reply === undefined || this.#reply.raw.writableFinished) return Infinity;
    return Math.max(0, this.totalMs - this.#reply.elapsedTime);
  }

  /** Aborts at the deadline, or soon after the client has gone; its reason is the problem to answer with. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#ended !== undefined) this.#controller.abort(this.#ended);
    }
    return this.#controller.signal;
  }

  /** Why the request was ended before it was answered. */
  get ended(): Problem | undefined {
    return this.#ended;
  }

  /** Not 503, which says that nothing was done. */
  error(cause?: unknown): Problem {
    if (this.#ended !== undefined) return this.#ended;
    const detail = SAFE_METHODS.includes(this.#request?.method ?? '')
      ? 'The time for this request is up.'
      : 'The time for this request is up; whether it was carried out is not known.';
    return new Problem(504, 'service.deadline', detail, { cause });
  }

  /** Ends what goes on for this request. */
  end(reason: Problem): void {
    this.#ended ??= reason;
    this.#controller?.abort(this.#ended);
  }

  /** The request is over. What outlives it, a connection that it opened, say, may know its deadline for ever. */
  forget(): void {
    this.#request = undefined;
    this.#reply = undefined;
  }
}
