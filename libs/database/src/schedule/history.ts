/**
 * What became of a write: it was acknowledged, it may have run, or it certainly did not, as far as its caller was told.
 */
export type Outcome = 'done' | 'unknown' | 'not run';

/** A user's register is the set of the numbers that he has written into it, each once. */
export type Write = {
  readonly kind: 'write';
  readonly user: string;
  readonly value: number;
  readonly outcome: Outcome;
  readonly startMs: number;
  readonly endMs: number;
};

/** A user's look at his register or another's, from where he stood after everything that he had done before. */
export type Read = {
  readonly kind: 'read';
  readonly user: string;
  /** Whose it is. */
  readonly register: string;
  readonly values: readonly number[];
  readonly host: string;
  readonly isByReplica: boolean;
  readonly startMs: number;
  readonly endMs: number;
};

/** Somebody else's look at a register, who knows nothing of its owner: it may be late. */
export type Look = Omit<Read, 'kind' | 'user' | 'values'> & {
  readonly kind: 'look';
  /** The highest number; 0 when there was none. */
  readonly value: number;
};

/** All that was done while a schedule ran, and what was there at its end. */
export type History = {
  readonly operations: readonly (Write | Read | Look)[];
  readonly kept: readonly { readonly user: string; readonly value: number }[];
};
