/** `stop`: the service ends, and others must notice. `retire`: another worker has taken over the port already. */
export type DrainKind = 'stop' | 'retire';

/** What a drain may take, in milliseconds. Moments are counted from its start. */
export interface DrainPlan {
  readonly kind: DrainKind;
  /** How long all goes on as before, but for readiness. */
  readonly delayMs: number;
  /** A connection is let go of when nothing was asked on it for so long. */
  readonly quietMs: number;
  readonly stopAcceptingAtMs: number;
  /** Streams are told to end. */
  readonly streamsEndAtMs: number;
  /** What is left is cut, which leaves time to close cache and database. */
  readonly cutAtMs: number;
}

const QUIET_MAX_MS = 1_000;
const QUIET_MIN_MS = 50;

/**
 * Shares out the grace. Where nobody balances (`delayMs` 0, as in development) idle connections are not waited for
 * either; a retiring worker's clients go on asking, so it waits for them.
 */
export function planDrain(
  kind: DrainKind,
  { delayMs, graceMs }: { readonly delayMs: number; readonly graceMs: number },
): DrainPlan {
  const delay = kind === 'stop' ? Math.min(delayMs, graceMs / 2) : 0;
  const restMs = graceMs - delay;
  const quietMs =
    kind === 'retire' ? QUIET_MAX_MS : Math.min(QUIET_MAX_MS, Math.max(QUIET_MIN_MS, delayMs), restMs / 10);
  return {
    kind,
    delayMs: delay,
    quietMs,
    stopAcceptingAtMs: delay + Math.min(5 * quietMs, restMs / 5),
    streamsEndAtMs: delay + restMs * 0.6,
    cutAtMs: delay + restMs * 0.85,
  };
}
