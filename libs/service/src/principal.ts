/** What a person may do; an admin may do everything that a teacher may, and a teacher what a student may. */
export type Role = 'student' | 'teacher' | 'admin';

/** Who a request is from, as a verified access token says. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: Role;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `@ganitagya/identity`; undefined for a request without a token. */
    principal: Principal | undefined;
  }
}
