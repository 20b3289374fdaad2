/** So many groups of users are told apart within a priority. */
export const COHORTS = 128;

const DAY_MS = 86_400_000;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The group, 0 to 127, of whoever `key` stands for. It is the same in all processes, and another one each day, at
 * midnight UTC: the early morning of those who learn here, so nobody's evening is cut in two.
 */
export function cohortOf(key: string, nowMs = Date.now()): number {
  let hash = FNV_OFFSET ^ Math.floor(nowMs / DAY_MS);
  for (let index = 0; index < key.length; index += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(index), FNV_PRIME);
  }
  // The high bits have seen every character, the low ones only its low bits.
  return ((hash ^ (hash >>> 15)) >>> 7) % COHORTS;
}
