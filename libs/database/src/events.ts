import { EventEmitter } from 'node:events';

import type { HostState } from './hosts/host-status.ts';

/** Where a statement goes. */
export type Route = 'primary' | 'replica';

/** The kind of a statement, bounded so that it may be a label. */
export type QueryType = 'select' | 'insert' | 'update' | 'delete' | 'merge' | 'raw' | 'schema';

/** What a database tells. Listeners must not throw. */
export interface DatabaseEventMap {
  /** Each attempt to run a statement; `reason` says why it took this route. */
  query: [
    event: {
      host: string;
      route: Route;
      reason: string;
      queryType: QueryType;
      durationMs: number;
      error?: unknown;
    },
  ];
  /** A host was ejected, shows what is too old, or is back. */
  host: [event: { name: string; state: HostState; reason: string }];
  /** Another host takes writes; without a name: none does. */
  primary: [event: { name: string | undefined; previous: string | undefined }];
  /** A name could not be looked up; the hosts that were known go on. */
  discovery: [event: { name: string; error: unknown }];
}

/** The emitter of a database's events. */
export type DatabaseEvents = EventEmitter<DatabaseEventMap>;

/** An emitter without listeners. */
export function createDatabaseEvents(): DatabaseEvents {
  return new EventEmitter<DatabaseEventMap>();
}
