/**
 * Counts failures in a row by key and says how long the next try must wait. A try is counted as a failure when it
 * begins, so that a hundred at once are worth no more than one after the other.
 */
export interface BackoffStore {
  /** Begins a try: 0 when it may go on, else the milliseconds to wait; then nothing was counted. */
  begin(key: string): Promise<number>;
  /** Takes a begun try back: it was never judged. */
  takeBack(key: string): Promise<void>;
  /** Forgets all failures of a key. */
  clear(key: string): Promise<void>;
}
