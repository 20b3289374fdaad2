/** As many frames are Kysely's and ours between a statement and who asked for it. */
const FRAMES_BETWEEN = 10;

/** Adds who asked to an error's stack, which only tells of the socket that brought it. */
export function withCallersStack(error: unknown): unknown {
  if (!(error instanceof Error) || error.stack === undefined) return error;
  const { stackTraceLimit } = Error;
  const here: { stack?: string } = {};
  Error.stackTraceLimit = stackTraceLimit + FRAMES_BETWEEN;
  Error.captureStackTrace(here, withCallersStack);
  Error.stackTraceLimit = stackTraceLimit;
  error.stack += `\n${here.stack?.split('\n').slice(1).join('\n') ?? ''}`;
  return error;
}
