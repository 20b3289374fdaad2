import { problem, TOKEN_REQUIRED, type Principal, type Role } from '@ganitagya/service';
import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify';

const RANK: Readonly<Record<Role, number>> = { student: 0, teacher: 1, admin: 2 };

/** An `onRequest` hook that lets in whoever is signed in; else 401. */
export function requireUser(): onRequestAsyncHookHandler {
  return marked(async (request) => {
    principalOf(request);
  });
}

/** An `onRequest` hook that lets in `role` and those above it; 401 without a token, 403 with too little. */
export function requireRole(role: Role): onRequestAsyncHookHandler {
  return marked(async (request) => {
    if (!hasRole(principalOf(request), role)) {
      throw problem.forbidden('identity.role_missing', `This needs the role ${role}.`);
    }
  });
}

function marked(hook: onRequestAsyncHookHandler): onRequestAsyncHookHandler {
  return Object.assign(hook, { [TOKEN_REQUIRED]: true });
}

/** Whether a principal may do what `role` may: an admin all that a teacher may, a teacher all that a student may. */
export function hasRole(principal: Principal, role: Role): boolean {
  return RANK[principal.role] >= RANK[role];
}

/** The principal of a request behind a guard; a 401 problem without one. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === undefined) {
    throw problem.unauthorized('identity.required', 'Sign in first.');
  }
  return request.principal;
}
