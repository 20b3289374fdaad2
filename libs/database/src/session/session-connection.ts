import {
  CompiledQuery,
  type AbortableOperationOptions,
  type ConnectionProvider,
  type DatabaseConnection,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';

import { HostConnection, TRANSACTION_CONTROL } from '../hosts/host-connection.ts';
import type { Host } from '../hosts/host.ts';
import { changesSchema } from '../routing/classify.ts';
import type { RoutingContext } from '../routing/context.ts';
import { startObservation, type Observation } from '../routing/observe.ts';
import { openRead, type ReadPlace } from '../routing/open-read.ts';
import type { QueryOptions } from '../routing/query-options.ts';
import { ReadAttempts } from '../routing/router.ts';
import { endedBy, limitTime } from '../routing/statement-deadline.ts';
import { takeConnection, type Lease } from './lease.ts';
import { currentLimit, currentSession } from './session.ts';
import { transactionCommands } from './transaction-commands.ts';
import { joinSignals, statementTime, type WorkLimit } from './work-limit.ts';
import { trackWrites } from './write-tracking.ts';

type Place = Lease & { readonly host: Host; readonly reason: string };

const ROLLBACK = /^rollback\b/;

type ControlConnectionProvider = Parameters<NonNullable<DatabaseConnection['cancelQuery']>>[0];

/**
 * The connection of a transaction, of `connection()` or of a migration. It takes none before the first statement,
 * which tells where it must be: a read-only transaction may be on a replica, all else is on the primary, and stays.
 */
export class SessionConnection implements DatabaseConnection {
  readonly #context: RoutingContext;
  readonly #wishes: QueryOptions;
  readonly #session = currentSession();
  #place: Promise<Place> | undefined;
  #changesSchema = false;

  constructor(context: RoutingContext, wishes: QueryOptions = {}) {
    this.#context = context;
    this.#wishes = wishes;
  }

  /** Begins a transaction, where nothing ran before. A replica that fails now is replaced by another host. */
  async begin(settings: TransactionSettings): Promise<void> {
    const { router } = this.#context;
    // A standby has no serializable transactions.
    const mayBeOnReplica = settings.accessMode === 'read only' && settings.isolationLevel !== 'serializable';
    if (!mayBeOnReplica || this.#place !== undefined) {
      await transactionCommands.beginTransaction(this, settings);
      return;
    }
    const attempts = new ReadAttempts();
    for (;;) {
      const limit = currentLimit();
      const place = await openRead(router, this.#session, attempts, limit?.signal, this.#wishes);
      try {
        await (this.#place = this.#readAt(place, limit));
        await transactionCommands.beginTransaction(this, settings);
        return;
      } catch (error) {
        await this.release();
        if (!attempts.retryAfter(error, place.host)) throw error;
      }
    }
  }

  /** Ends the transaction; a connection on which that fails is not used again. */
  async rollback(): Promise<void> {
    const { connection } = await this.#taken();
    try {
      await this.executeQuery(CompiledQuery.raw('rollback'));
    } catch (error) {
      if (connection instanceof HostConnection) connection.isDiscarded = true;
      throw error;
    }
  }

  async executeQuery<R>(query: CompiledQuery, options?: AbortableOperationOptions): Promise<QueryResult<R>> {
    const limit = limitOf(query);
    const place = await this.#taken(limit);
    const bounded = this.#bound(place, query, limit, options);
    const observation = this.#observe(place, query);
    try {
      const result = await place.connection.executeQuery<R>(query, bounded);
      if (bounded !== options) limit?.signal.throwIfAborted();
      return result;
    } catch (error) {
      observation.error = error;
      throw endedBy(limit, error);
    } finally {
      observation.end();
    }
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
    options?: AbortableOperationOptions,
  ): AsyncIterableIterator<QueryResult<R>> {
    const limit = currentLimit();
    const place = await this.#taken(limit);
    const bounded = this.#bound(place, query, limit, options);
    const observation = this.#observe(place, query);
    try {
      yield* place.connection.streamQuery<R>(query, chunkSize, bounded);
      limit?.signal.throwIfAborted();
    } catch (error) {
      observation.error = error;
      throw endedBy(limit, error);
    } finally {
      observation.end();
    }
  }

  async collectSessionInfo(): Promise<void> {
    await (await this.#taken()).connection.collectSessionInfo?.();
  }

  async cancelQuery(control: ControlConnectionProvider): Promise<void> {
    await (await this.#place)?.connection.cancelQuery?.(control);
  }

  async killSession(control: ControlConnectionProvider): Promise<void> {
    await (await this.#place)?.connection.killSession?.(control);
  }

  /** Gives the connection back, if one was taken. */
  async release(): Promise<void> {
    const taking = this.#place;
    this.#place = undefined;
    if (taking === undefined) return;
    const [outcome] = await Promise.allSettled([taking]);
    if (outcome.status === 'fulfilled') await outcome.value.release();
    if (this.#changesSchema) this.#context.catalogue.expire();
  }

  #taken(limit?: WorkLimit): Promise<Place> {
    return (this.#place ??= this.#write(limit));
  }

  /** The bounds of one statement. A commit is not interrupted: whoever interrupts it does not know what came of it. */
  #bound(
    { connection }: Place,
    query: CompiledQuery,
    limit: WorkLimit | undefined,
    options: AbortableOperationOptions | undefined,
  ): AbortableOperationOptions | undefined {
    if (limit === undefined) return options;
    const timeoutMs = statementTime(limit, this.#wishes.timeoutMs);
    if (TRANSACTION_CONTROL.test(query.sql)) return options;
    if (connection instanceof HostConnection) connection.limitStatements(timeoutMs);
    return { signal: joinSignals(options?.signal, limit.signal) };
  }

  async #write(limit: WorkLimit | undefined): Promise<Place> {
    const { writes } = this.#context.router;
    const timeoutMs = statementTime(limit, this.#wishes.timeoutMs);
    const provider = trackWrites(limitTime(writes, timeoutMs), this.#session);
    const lease = await takeConnection(provider, { signal: limit?.signal });
    return { ...lease, host: this.#context.router.primary, reason: 'session' };
  }

  async #readAt(place: ReadPlace, limit: WorkLimit | undefined): Promise<Place> {
    const { host, reason } = place;
    try {
      const timeoutMs = statementTime(limit, this.#wishes.timeoutMs);
      const connection = await host.take({ timeoutMs, signal: limit?.signal });
      const release = () => {
        host.giveBack(connection);
        place.close();
        return Promise.resolve();
      };
      return { connection, release, host, reason };
    } catch (error) {
      place.close();
      throw error;
    }
  }

  #observe({ host, reason }: Place, query: CompiledQuery): Observation {
    this.#changesSchema ||= changesSchema(query);
    // What Kysely says itself is not told to listeners.
    if (TRANSACTION_CONTROL.test(query.sql)) return { end: () => undefined };
    return startObservation(this.#context.events, host, reason, query);
  }
}

/** What limits a statement: nothing that which undoes, or gives back. */
function limitOf({ sql }: CompiledQuery): WorkLimit | undefined {
  return ROLLBACK.test(sql) ? undefined : currentLimit();
}

/** Lends session connections, one to each borrower. */
export function createSessionProvider(context: RoutingContext, wishes: QueryOptions): ConnectionProvider {
  return {
    provideConnection: async (consumer) => {
      const connection = new SessionConnection(context, wishes);
      try {
        return await consumer(connection);
      } finally {
        await connection.release();
      }
    },
  };
}
