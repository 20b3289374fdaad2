import type { CompiledQuery } from 'kysely';

import type { DatabaseEvents } from '../events.ts';
import type { Host } from '../hosts/host.ts';
import { queryTypeOf } from './classify.ts';

/** One attempt to run a statement, until it is told how it ended. */
export type Observation = { error?: unknown; end(): void };

/** Starts to time a statement; its end is told to the listeners. Costs next to nothing when nobody listens. */
export function startObservation(
  events: DatabaseEvents,
  host: Host,
  reason: string,
  query: CompiledQuery,
): Observation {
  if (events.listenerCount('query') === 0) return { end: () => undefined };
  const start = performance.now();
  return {
    end() {
      events.emit('query', {
        host: host.name,
        route: host.role,
        reason,
        queryType: queryTypeOf(query.query),
        durationMs: performance.now() - start,
        ...(this.error !== undefined && { error: this.error }),
      });
    },
  };
}
