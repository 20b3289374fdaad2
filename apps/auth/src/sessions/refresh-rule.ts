const SECOND_MS = 1_000;
const DAY_MS = 86_400 * SECOND_MS;

/** How long a session lives without being refreshed, how long at all, and how long a token replaced twice still passes. */
export const SESSION_LIMITS = {
  idleMs: 30 * DAY_MS,
  absoluteMs: 180 * DAY_MS,
  graceMs: 30 * SECOND_MS,
} as const;

/** A session as the database knows it at the moment of the refresh; ages are measured by the database's clock. */
export interface SessionState {
  readonly counter: number;
  readonly hasEnded: boolean;
  readonly ageMs: number;
  readonly sinceRotationMs: number;
}

/**
 * What a genuine refresh token is worth: `rotate` gives the token of `counter` and advances the session to it; `repeat`
 * gives the current token once more; `end` closes the session, for a token that should be long gone may be stolen.
 */
export type RefreshDecision =
  | { readonly kind: 'rotate'; readonly counter: number }
  | { readonly kind: 'repeat'; readonly counter: number }
  | { readonly kind: 'end'; readonly reason: 'reused' | 'expired' | 'already-ended' };

/**
 * The rule, by how many steps the token is behind its session: 0 rotates. 1 repeats at any time, because the client may
 * never have stored the reply, or another tab was faster. 2 repeats only within the grace, for a request that was
 * overtaken on its way. Anything older ends the session.
 */
export function decideRefresh(session: SessionState, tokenCounter: number): RefreshDecision {
  if (session.hasEnded) return { kind: 'end', reason: 'already-ended' };
  if (session.ageMs >= SESSION_LIMITS.absoluteMs || session.sinceRotationMs >= SESSION_LIMITS.idleMs) {
    return { kind: 'end', reason: 'expired' };
  }
  const behind = session.counter - tokenCounter;
  // A genuine token can only be ahead when a failover lost the last commit: the client holds the newer truth.
  if (behind <= 0) return { kind: 'rotate', counter: tokenCounter + 1 };
  if (behind === 1) return { kind: 'repeat', counter: session.counter };
  if (behind === 2 && session.sinceRotationMs < SESSION_LIMITS.graceMs) {
    return { kind: 'repeat', counter: session.counter };
  }
  return { kind: 'end', reason: 'reused' };
}
