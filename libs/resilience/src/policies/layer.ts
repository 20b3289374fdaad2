/** The work of a policy; pass the signal on, it aborts on the time-out and with the caller's. */
export type Work<T> = (context: { readonly signal: AbortSignal }) => Promise<T> | T;

/** One policy around another: runs `work` at most once per call. */
export interface Layer {
  execute<T>(work: Work<T>, signal: AbortSignal): Promise<T>;
}
