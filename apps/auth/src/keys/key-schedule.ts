const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** When signing keys change. A new key is published before it signs, an old one stays published after it stopped. */
export const KEY_TIMES = {
  /** A key older than this is replaced when a process starts. */
  rotationAgeMs: 30 * DAY_MS,
  /** Longer than any cache of the published keys: the CDN and the edge keep them 5 minutes, verifiers ask again then. */
  announcementMs: 15 * MINUTE_MS,
  /** Longer than any access token lives. */
  retirementMs: 60 * MINUTE_MS,
} as const;

/** The times of one key, in milliseconds since 1970. */
export interface KeyTimes {
  readonly createdAtMs: number;
  /** From when on tokens are signed with it. */
  readonly signsFromMs: number;
}

/** The key to sign with now: the newest that has been published long enough. */
export function signingKey<Key extends KeyTimes>(keys: readonly Key[], nowMs: number): Key | undefined {
  return keys.filter((key) => key.signsFromMs <= nowMs).reduce<Key | undefined>(later, undefined);
}

/** The keys that tokens may still be signed with: all but those whose successor has been signing for long. */
export function publishedKeys<Key extends KeyTimes>(keys: readonly Key[], nowMs: number): readonly Key[] {
  const settled = signingKey(keys, nowMs - KEY_TIMES.retirementMs);
  return settled === undefined ? keys : keys.filter((key) => key.signsFromMs >= settled.signsFromMs);
}

/** Must a new key be made? Not while one is announced. */
export function isRotationDue(keys: readonly KeyTimes[], nowMs: number): boolean {
  const newest = keys.reduce<KeyTimes | undefined>(later, undefined);
  return newest === undefined || nowMs - newest.createdAtMs >= KEY_TIMES.rotationAgeMs;
}

/** A first key signs at once, since there is none that verifiers could know instead. */
export function signsFrom(keys: readonly KeyTimes[], nowMs: number): number {
  return keys.length === 0 ? nowMs : nowMs + KEY_TIMES.announcementMs;
}

function later<Key extends KeyTimes>(best: Key | undefined, key: Key): Key {
  return best === undefined || key.signsFromMs > best.signsFromMs ? key : best;
}
