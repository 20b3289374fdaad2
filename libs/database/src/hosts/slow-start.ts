const SHARE_MIN = 0.1;

/** The part of its weight that a host gets so long after it joined: caches are cold, connections still to be made. */
export function slowStartShare(sinceMs: number, windowMs: number): number {
  return Math.min(1, Math.max(SHARE_MIN, sinceMs / windowMs));
}
