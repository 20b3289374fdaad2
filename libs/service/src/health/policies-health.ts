import type { CircuitState, Policies } from '@ganitagya/resilience';
import type { HealthReport } from './health-checks.ts';

/** The circuits of all tables of a process; degraded while one does not let everybody through. */
export function policiesHealth(
  tables: readonly Policies<string>[],
): HealthReport & { readonly circuits: Readonly<Record<string, CircuitState>> } {
  const circuits: Record<string, CircuitState> = {};
  for (const table of tables) Object.assign(circuits, table.states());
  const isAllClosed = Object.values(circuits).every((state) => state === 'closed');
  return { status: isAllClosed ? 'up' : 'degraded', circuits };
}
