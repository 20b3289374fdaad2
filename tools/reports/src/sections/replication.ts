import type { Host } from '../host.ts';

/** How far a replica is behind its primary, as the primary sees it. */
export interface ReplicaLag {
  readonly replica: string;
  readonly state: string;
  /** WAL that was written on the primary and that a reader of the replica does not see yet. */
  readonly behindBytes: number;
  /** The primary's last measurement under writes; undefined when there was none lately. */
  readonly replayLagMs: number | undefined;
}

/** Every replica that streams from this primary. */
export async function replicaLag(primary: Host): Promise<ReplicaLag[]> {
  const rows = await primary.query<Omit<ReplicaLag, 'replayLagMs'> & { replayLagMs: number | null }>(
    `select application_name as replica, state,
            coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::float8 as "behindBytes",
            (extract(epoch from replay_lag) * 1000)::float8 as "replayLagMs"
     from pg_stat_replication order by application_name`,
  );
  return rows.map((row) => ({ ...row, replayLagMs: row.replayLagMs ?? undefined }));
}
