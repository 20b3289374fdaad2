import type { ConnectionProvider } from 'kysely';

import { DatabaseUnavailableError, isQueryCanceled } from '../errors.ts';
import type { LeaseOptions } from '../hosts/host-types.ts';
import { joinSignals, type WorkLimit } from '../session/work-limit.ts';

/** What a statement with all its attempts is bounded by. */
type StatementBounds = {
  /** Of the statement itself. */
  readonly timeoutMs: number | undefined;
  /** Of the work that it is a part of. */
  readonly limit: WorkLimit | undefined;
  /** Of the caller. */
  readonly signal: AbortSignal | undefined;
};

/** A signal that aborts with the caller's, and after the time; `end` when the statement is over. */
type StatementDeadline = {
  readonly signal: AbortSignal | undefined;
  typed(error: unknown): unknown;
  end(): void;
};

/** Starts the time of a statement with all its attempts. */
export function startStatementDeadline({ timeoutMs, limit, signal }: StatementBounds): StatementDeadline {
  const outer = joinSignals(signal, limit?.signal);
  if (timeoutMs === undefined || (limit && limit.remainingMs <= timeoutMs)) {
    return { signal: outer, typed: (error) => endedBy(limit, error), end: () => undefined };
  }
  const late = new AbortController();
  const createError = (cause?: unknown) =>
    new DatabaseUnavailableError('database', `no answer within ${timeoutMs} ms`, { mayHaveRun: true, cause });
  const timer = setTimeout(() => late.abort(createError()), timeoutMs);
  return {
    // The server counts the same time; whoever is first, the caller is told the same.
    typed: (error) => (isQueryCanceled(error) ? createError(error) : error),
    signal: joinSignals(outer, late.signal),
    end: () => clearTimeout(timer),
  };
}

/** What to tell of a statement that the server ended because the time of the work around it was up. */
export function endedBy(limit: WorkLimit | undefined, error: unknown): unknown {
  return limit && isQueryCanceled(error) ? limit.error(error) : error;
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
