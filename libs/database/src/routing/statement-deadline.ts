import type { ConnectionProvider } from 'kysely';

import { DatabaseUnavailableError } from '../errors.ts';
import type { LeaseOptions } from '../hosts/host.ts';

/** A signal that aborts with the given one, and after the time; `end` when the statement is over. */
export function startStatementDeadline(
  timeoutMs: number,
  signal: AbortSignal | undefined,
): { readonly signal: AbortSignal; end(): void } {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(
      new DatabaseUnavailableError('database', `no answer within ${timeoutMs} ms`, { mayHaveRun: true }),
    );
  }, timeoutMs);
  return {
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
