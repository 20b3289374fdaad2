import { AsyncResource } from 'node:async_hooks';
import type { ServerResponse } from 'node:http';
import { normalizeIP } from '@fastify/rate-limit';
import type { Admission, Entrant, Outcome, Priority, Refusal } from '@ganitagya/resilience';
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { AnswerListener } from './answer.ts';
import { cohortOf } from './cohort.ts';
import { sendRefusal } from './refusal.ts';
import { UNMATCHED, type RoutePriority } from './route-priority.ts';
import type { TokenTrust } from './token-trust.ts';
import { readClaims, type UnverifiedClaims } from './unverified-claims.ts';

/** What the tickets of a server have in common. */
export interface Gate {
  readonly admission: Admission;
  readonly trust: TokenTrust;
}

/**
 * The way of one request past the gate: it asks, may wait, is inside until the head of its answer is sent or its client
 * is gone, and then out for good.
 */
export class Ticket implements Entrant, AnswerListener {
  readonly priority: Priority;
  readonly #gate: Gate;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #done: HookHandlerDoneFunction;
  #state: 'asking' | 'waiting' | 'inside' | 'out' = 'asking';
  /** Of the request: who has waited is let in by something else that happens. */
  #context: AsyncResource | undefined;

  constructor(gate: Gate, request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) {
    this.#gate = gate;
    this.#request = request;
    this.#reply = reply;
    this.#done = done;
    this.priority = this.#priorityFor(request.routeOptions.config.priority ?? UNMATCHED);
  }

  enter(): void {
    this.#gate.admission.enter(this);
    if (this.#isOut()) return;
    const { raw } = this.#reply;
    raw.answerListener = this;
    raw.on('close', noteClose);
    if (this.#state === 'inside') this.#goOn();
    else {
      this.#state = 'waiting';
      this.#context = new AsyncResource('ganitagya.waiting');
    }
  }

  cohort(): number {
    const claims = this.#believedClaims();
    return claims === undefined ? this.#addressCohort() : cohortOf(`user ${claims.userId}`);
  }

  admitted(): void {
    this.#state = 'inside';
    this.#context?.runInAsyncScope(() => this.#goOn());
  }

  refused(refusal: Refusal): void {
    this.#state = 'out';
    const send = () => sendRefusal(this.#request, this.#reply, refusal, this.#gate.admission.level);
    if (this.#context === undefined) send();
    else this.#context.runInAsyncScope(send);
  }

  headSent(statusCode: number): void {
    if (this.#state !== 'inside') return;
    this.#leave(outcomeOf(statusCode));
    if (statusCode === 401) this.#noteRefusedToken();
  }

  closed(): void {
    const { raw } = this.#reply;
    if (this.#state === 'waiting') {
      this.#state = 'out';
      this.#gate.admission.cancel(this);
    } else if (raw.headersSent) this.headSent(raw.statusCode);
    else if (this.#state === 'inside') this.#leave('dropped');
  }

  #goOn(): void {
    const { level } = this.#gate.admission;
    if (level > 0) this.#reply.header('x-load-level', level);
    this.#done();
  }

  #leave(outcome: Outcome): void {
    this.#state = 'out';
    this.#gate.admission.leave(this, outcome);
  }

  /** A method, so that the compiler does not take for granted what `enter` has changed. */
  #isOut(): boolean {
    return this.#state === 'out';
  }

  #priorityFor(priority: RoutePriority): Priority {
    if (typeof priority === 'string') return priority;
    return this.#believedClaims() === undefined ? priority.withoutToken : priority.withToken;
  }

  #believedClaims(): UnverifiedClaims | undefined {
    const claims = readClaims(this.#request.headers.authorization);
    if (claims === undefined || claims.expiresAt <= Date.now()) return undefined;
    return this.#gate.trust.isGiven(this.#addressCohort()) ? claims : undefined;
  }

  #noteRefusedToken(): void {
    const claims = readClaims(this.#request.headers.authorization);
    if (claims !== undefined && claims.expiresAt > Date.now())
      this.#gate.trust.withdraw(this.#addressCohort());
  }

  #addressCohort(): number {
    return cohortOf(`address ${normalizeIP(this.#request.ip)}`);
  }
}

function noteClose(this: ServerResponse): void {
  this.answerListener?.closed();
}

/** An answer that the request alone is to blame for, or that refuses it, says nothing about the service. */
function outcomeOf(statusCode: number): Outcome {
  return statusCode < 400 || (statusCode >= 500 && statusCode !== 503) ? 'done' : 'dropped';
}
