import type { Database } from '@ganitagya/database';
import type { Registry } from '../client.ts';
import { observeHosts } from './host-metrics.ts';
import { observeStatements } from './statement-metrics.ts';

/** Series of the database's statements and hosts. */
export class DatabaseMetrics {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Adds the series of the one database of this process. */
  observe(database: Database<unknown>): void {
    observeStatements(database, this.#registry);
    observeHosts(database, this.#registry);
  }
}
