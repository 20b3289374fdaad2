/** A pool or its queue is full, or the share of the primary that stray reads may use is. Answer 503 + `Retry-After`. */
export class DatabaseOverloadedError extends Error {
  readonly code = 'database.overloaded';
  readonly host: string;

  constructor(host: string, message: string) {
    super(`${host}: ${message}`);
    this.name = 'DatabaseOverloadedError';
    this.host = host;
  }
}

/** A host does not answer, or the primary does not take writes. Answer 503 + `Retry-After`. */
export class DatabaseUnavailableError extends Error {
  readonly code = 'database.unavailable';
  readonly host: string;
  /** False when the statement certainly did not run. */
  readonly mayHaveRun: boolean;

  constructor(
    host: string,
    message: string,
    options: { readonly mayHaveRun: boolean; readonly cause?: unknown },
  ) {
    super(`${host}: ${message}`, { cause: options.cause });
    this.name = 'DatabaseUnavailableError';
    this.host = host;
    this.mayHaveRun = options.mayHaveRun;
  }
}

/** Tells a {@link DatabaseOverloadedError} apart, also across copies of this package. */
export function isDatabaseOverloaded(error: unknown): error is DatabaseOverloadedError {
  return codeOf(error) === 'database.overloaded';
}

/** Tells a {@link DatabaseUnavailableError} apart, also across copies of this package. */
export function isDatabaseUnavailable(error: unknown): error is DatabaseUnavailableError {
  return codeOf(error) === 'database.unavailable';
}

/** Whether a statement broke a unique constraint (the named one, when a name is given). */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (codeOf(error) !== '23505') return false;
  return constraint === undefined || (error as { constraint?: unknown }).constraint === constraint;
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
// The server ends, crashed or starts.
const SHUTDOWN_STATES = new Set(['57P01', '57P02', '57P03']);
const DRIVER_MESSAGES =
  /^(Connection terminated|timeout expired|Client (was closed|has encountered a connection error) and is not queryable)/;

/** Whether the connection broke under a statement, or the server went away. */
export function isConnectionFailure(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined)
    return NETWORK_CODES.has(code) || SHUTDOWN_STATES.has(code) || code.startsWith('08');
  return error instanceof Error && DRIVER_MESSAGES.test(error.message);
}

/** Whether a standby ended a statement because replay needed what it read. It arrives under two codes. */
export function isRecoveryConflict(error: unknown): boolean {
  const code = codeOf(error);
  return (
    (code === '40001' || code === '40P01') &&
    error instanceof Error &&
    error.message.includes('conflict with recovery')
  );
}

/** Whether a host refused a statement because it only reads. */
export function isReadOnlyHost(error: unknown): boolean {
  return codeOf(error) === '25006';
}

/** Whether a standby refused a statement that only a primary can run. */
export function isRefusedByStandby(error: unknown): boolean {
  if (isReadOnlyHost(error)) return true;
  const code = codeOf(error);
  // Unlogged tables, transaction ids and the like; log positions.
  return (
    (code === '0A000' || code === '55000') &&
    error instanceof Error &&
    /during recovery|recovery is in progress|in a hot standby/.test(error.message)
  );
}

/** Whether the server ended a statement because it was asked to, or because its time was up. */
export function isQueryCanceled(error: unknown): boolean {
  return codeOf(error) === '57014';
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
