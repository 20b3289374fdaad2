/** ±10 %, so that what was stored together does not expire together. */
export function jitter(ttlMs: number): number {
  return Math.max(1, Math.round(ttlMs * (0.9 + Math.random() * 0.2)));
}
