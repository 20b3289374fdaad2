import type { HostStatus } from '@ganitagya/database';

/** A database host as the health page and `npm run db:report` show it; null is unknown, and survives JSON. */
export interface HostReport extends Pick<
  HostStatus,
  'name' | 'role' | 'state' | 'reason' | 'inFlight' | 'waiting' | 'ejections'
> {
  /** Age of what a replica shows. */
  readonly lagMs: number | null;
  /** How much log a replica has still to replay. */
  readonly lagBytes: number | null;
  readonly latencyMs: number;
  readonly weight: number;
  /** Position replayed (replica) or flushed (primary). */
  readonly replayed: string | null;
}

/** The one view of a database's hosts, in figures that people can read. */
export function hostReports(hosts: readonly HostStatus[]): HostReport[] {
  return hosts.map(
    ({ name, role, state, reason, lagMs, lagBytes, replayed, inFlight, waiting, ejections, ...rest }) => ({
      name,
      role,
      state,
      reason,
      lagMs: lagMs === undefined || !Number.isFinite(lagMs) ? null : rounded(lagMs, 0),
      lagBytes: lagBytes ?? null,
      replayed: replayed ?? null,
      inFlight,
      waiting,
      ejections,
      latencyMs: rounded(rest.latencyMs, 2),
      weight: rounded(rest.weight, 2),
    }),
  );
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
