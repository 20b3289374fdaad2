/** What work is given; pass the signal on, it aborts on the time-out and with the caller's. */
export interface WorkContext {
  readonly signal: AbortSignal;
}

/** The work of a policy. */
export type Work<T> = (context: WorkContext) => Promise<T> | T;

/** One policy around another: runs `work` at most once per call. */
export interface Layer {
  execute<T>(work: Work<T>, signal: AbortSignal): Promise<T>;
}

/** The signal of callers who have none. */
export const neverAborted: AbortSignal = new AbortController().signal;
