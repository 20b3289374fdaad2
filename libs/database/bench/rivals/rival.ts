import type { Note } from '../notes.ts';

/** The hosts that everybody gets. */
export type Hosts = { readonly primary: string; readonly replicas: readonly string[] };

/** One of those that send reads to replicas, each used as its documentation says. */
export type Rival = {
  readOne(id: number): Promise<Note | undefined>;
  readPage(after: number): Promise<Note[]>;
  /** Overwrites a note's value. */
  write(id: number, value: number): Promise<unknown>;
  /** Runs work in which own writes are to be seen, where there is such a thing. */
  asOneUser<Result>(work: () => Promise<Result>): Promise<Result>;
  /** `select … for update`. */
  lock(id: number): Promise<unknown>;
  /** `with … as (insert … returning …) select …`. */
  insertInWith(): Promise<unknown>;
  /** `select nextval(…)`. */
  takeNumber(): Promise<unknown>;
  close(): Promise<unknown>;
};

/** Bounds that all of them know, with the values of ours. */
export const CONNECT_TIMEOUT_MS = 2_000;
export const STATEMENT_TIMEOUT_MS = 10_000;
