import type { FastifyRequest } from 'fastify';
import type { SignedIn, Tokens } from './session.service.ts';

/**
 * The answer to a request that signed somebody in. The request is theirs from here on: what it wrote is remembered
 * for them, so that their next request finds their session on whichever database it reads from.
 */
export function tokensFor(request: FastifyRequest, { principal, tokens }: SignedIn): Tokens {
  request.principal = principal;
  return tokens;
}
