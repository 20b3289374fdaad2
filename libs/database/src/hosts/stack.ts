/** Adds who asked to an error's stack, which only tells of the socket that brought it. */
export function withCallersStack(error: unknown): unknown {
  if (error instanceof Error && error.stack !== undefined) {
    const callers = new Error().stack?.split('\n').slice(2).join('\n') ?? '';
    error.stack += `\n${callers}`;
  }
  return error;
}
