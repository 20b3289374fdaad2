/** All of them are read and written by every process. */
export const keys = ['a', 'b', 'c', 'd'] as const;
export type Key = (typeof keys)[number];

/** One tag for two of the keys each. */
export const tagOf = (key: Key) => (key === 'a' || key === 'b' ? 'ab' : 'cd');

/** How a write is made known. */
export type Means = 'key' | 'tag' | 'clear';

export type ToPeer =
  | { readonly kind: 'truth'; readonly id: number; readonly version: number }
  | { readonly kind: 'invalidate'; readonly id: number; readonly key: Key; readonly means: Means }
  /** Reads every key once and tells. */
  | { readonly kind: 'look'; readonly id: number };

/** `at`: when the read began, in milliseconds that all processes share. */
export type Read = readonly [key: Key, version: number, at: number];

/** When it was asked for and done; not confirmed: Redis did not answer, it will be sent again. */
export interface Invalidated {
  readonly calledAt: number;
  readonly resolvedAt: number;
  readonly isConfirmed: boolean;
}

export type FromPeer =
  | { readonly kind: 'listening' }
  | { readonly kind: 'load'; readonly id: number; readonly key: Key }
  | { readonly kind: 'reads'; readonly reads: readonly Read[]; readonly errors: readonly string[] }
  | ({ readonly kind: 'invalidated'; readonly id: number } & Invalidated)
  | { readonly kind: 'looked'; readonly id: number; readonly versions: readonly (readonly [Key, number])[] };

/** Milliseconds of the machine's monotonic clock: the same in every process. */
export function machineTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
