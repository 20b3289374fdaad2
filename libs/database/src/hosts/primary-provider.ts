import type { ConnectionProvider, DatabaseConnection } from 'kysely';

import { isDatabaseUnavailable } from '../errors.ts';
import type { LeaseOptions } from './host-types.ts';
import type { Topology } from './topology.ts';

/** Lends connections of whoever leads now. What certainly has not begun is tried once more when another one leads. */
export class PrimaryProvider implements ConnectionProvider {
  readonly #topology: Topology;

  constructor(topology: Topology) {
    this.#topology = topology;
  }

  async provideConnection<T>(
    consumer: (connection: DatabaseConnection) => Promise<T>,
    options?: LeaseOptions,
  ): Promise<T> {
    const lease = { ...options, isForWrites: true };
    const topology = this.#topology;
    if (!topology.hasLeader) await topology.discover();
    const host = topology.primary;
    const consumed = { hasBegun: false };
    try {
      return await host.provideConnection((connection) => {
        consumed.hasBegun = true;
        return consumer(connection);
      }, lease);
    } catch (error) {
      if (consumed.hasBegun || !isDatabaseUnavailable(error)) throw error;
      await topology.discover();
      if (topology.primary === host || options?.signal?.aborted) throw error;
      return await topology.primary.provideConnection(consumer, lease);
    }
  }
}
