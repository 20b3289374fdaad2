import type { ConnectionProvider } from 'kysely';

import { DatabaseUnavailableError, isQueryCanceled } from '../errors.ts';
import type { LeaseOptions } from '../hosts/host-types.ts';

/** A signal that aborts with the caller's, and after the time; `end` when the statement is over. */
type StatementDeadline = {
  readonly signal: AbortSignal;
  typed(error: unknown): unknown;
  end(): void;
};

/** Starts the time of a statement with all its attempts. */
export function startStatementDeadline(
  timeoutMs: number,
  signal: AbortSignal | undefined,
): StatementDeadline {
  const late = new AbortController();
  const createError = (cause?: unknown) =>
    new DatabaseUnavailableError('database', `no answer within ${timeoutMs} ms`, { mayHaveRun: true, cause });
  const timer = setTimeout(() => late.abort(createError()), timeoutMs);
  return {
    // The server counts the same time; whoever is first, the caller is told the same.
    typed: (error) => (isQueryCanceled(error) ? createError(error) : error),
    signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
    end: () => clearTimeout(timer),
  };
}

/** Connections on which the server works on a statement no longer than this, should we be gone by then. */
export function limitTime(provider: ConnectionProvider, timeoutMs: number | undefined): ConnectionProvider {
  if (timeoutMs === undefined) return provider;
  return {
    provideConnection: (consumer, options) => {
      const lease: LeaseOptions = { ...options, timeoutMs };
      return provider.provideConnection(consumer, lease);
    },
  };
}
