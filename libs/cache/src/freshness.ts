/** When a kept value is fresh, worth refreshing early, stale, and gone. */
export interface Lifetime {
  readonly storedAt: number;
  /** From here on each reader draws whether to refresh ahead of time. */
  readonly earlyFrom: number;
  readonly freshUntil: number;
  /** Between `freshUntil` and this it may be served stale. */
  readonly expiresAt: number;
}

/** The early window in mean load times: further out, one draw in ten million would say yes. */
const WINDOW = 16;

/** `earlyMs` is beta times the load time, 0 for no early refresh. */
export function lifetime(now: number, freshMs: number, staleMs: number, earlyMs: number): Lifetime {
  const freshUntil = now + freshMs;
  return {
    storedAt: now,
    earlyFrom: freshUntil - Math.min(freshMs, earlyMs * WINDOW),
    freshUntil,
    expiresAt: freshUntil + staleMs,
  };
}

/**
 * XFetch (Vattani and others, 2015): refresh when -beta * loadMs * ln(random) reaches what is left of the fresh time.
 * The nearer the end and the slower the load, the likelier; readers of many processes rarely agree on the moment.
 */
export function isDueEarly({ storedAt, earlyFrom, freshUntil }: Lifetime, now: number): boolean {
  if (earlyFrom >= freshUntil || now < earlyFrom) return false;
  const earlyMs = (freshUntil - earlyFrom) / WINDOW;
  return now > storedAt && -earlyMs * Math.log(Math.random()) >= freshUntil - now;
}
