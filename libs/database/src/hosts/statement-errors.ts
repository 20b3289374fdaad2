import { once } from 'node:events';

import { DatabaseUnavailableError, isConnectionFailure, isReadOnlyHost } from '../errors.ts';
import type { HostConnection } from './host-connection.ts';

const ANSWER_END_TIMEOUT_MS = 200;

/** What a connection needs to know of its host. */
export type ConnectionContext = {
  readonly host: string;
  /** How long an answer may take before the host is asked whether it is alive. */
  readonly deadlineMs: number;
  readonly statementTimeoutMs: number;
  /** Called when a connection begins to wait for an answer. */
  onWait(): void;
  onAnswer(durationMs: number): void;
  onConnectionFailure(error: unknown): void;
  /** The host refused to write; returns the error for the caller. */
  onRoleFailure(reason: string, cause?: unknown): DatabaseUnavailableError;
  /** Added to the end of each statement, to be seen in `pg_stat_activity`. */
  comment(): string;
};

/** What a statement's error means: the host was lost, or leads no more; or it is the statement's own. */
export async function typedError(
  error: unknown,
  connection: HostConnection,
  context: ConnectionContext,
): Promise<unknown> {
  const { host, deadlineMs } = context;
  const lost = (message: string) =>
    new DatabaseUnavailableError(host, message, { mayHaveRun: true, cause: error });
  if (connection.isLate) return lost(`no answer within ${deadlineMs} ms`);
  if (isConnectionFailure(error)) {
    if (!connection.client.isGivenUp) context.onConnectionFailure(error);
    return lost('the connection was lost');
  }
  if (!isReadOnlyHost(error) || !connection.isForWrites) return error;
  // Whether the host itself is read-only is told behind the refusal, not before it.
  await answerEnds(connection);
  return isHostsFault(connection) ? context.onRoleFailure('the primary only reads', error) : error;
}

/** Waits until the server has said all that it had to say, 200 ms at most. */
async function answerEnds({ client }: HostConnection): Promise<void> {
  // Kept by pg for itself: true between the server's ReadyForQuery and the next statement.
  const { readyForQuery } = client as unknown as { readonly readyForQuery: boolean };
  if (readyForQuery) return;
  await once(client, 'drain', { signal: AbortSignal.timeout(ANSWER_END_TIMEOUT_MS) }).catch(() => undefined);
}

/** A read-only transaction of the caller's is refused in the same words as a host that does not write. */
function isHostsFault({ client }: HostConnection): boolean {
  return client.isStandby !== false || client.isReadOnly;
}
