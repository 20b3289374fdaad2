import type { Host } from '../host.ts';

/** An index that no server ever used to find a row, and that no constraint needs. */
export interface UnusedIndex {
  readonly index: string;
  readonly table: string;
  readonly bytes: number;
}

/** A big table that a server reads from end to end. */
export interface SequentialScans {
  readonly host: string;
  readonly table: string;
  readonly rows: number;
  readonly scans: number;
  readonly rowsPerScan: number;
}

/** How much of what a server needed was in its memory. */
export interface CacheHits {
  readonly host: string;
  /** Undefined when nothing was read yet. */
  readonly tablesPercent: number | undefined;
  readonly indexesPercent: number | undefined;
  /** Since when the server counts; undefined: since it was made. */
  readonly since: string | undefined;
}

/** Tables smaller than this are rightly read whole. */
const BIG_TABLE_ROWS = 10_000;

/** Every server counts for itself: an index is unused only when none of them uses it. */
export async function unusedIndexes(hosts: readonly Host[]): Promise<UnusedIndex[]> {
  const perHost = await Promise.all(
    hosts.map((host) =>
      host.query<UnusedIndex & { scans: number }>(
        `select s.schemaname || '.' || s.indexrelname as index, s.schemaname || '.' || s.relname as table,
                pg_relation_size(s.indexrelid)::float8 as bytes, coalesce(s.idx_scan, 0)::float8 as scans
         from pg_stat_user_indexes s join pg_index i using (indexrelid)
         where not i.indisunique and not exists (select from pg_constraint c where c.conindid = s.indexrelid)`,
      ),
    ),
  );
  const used = new Set(
    perHost
      .flat()
      .filter(({ scans }) => scans > 0)
      .map(({ index }) => index),
  );
  return (perHost[0] ?? [])
    .filter(({ index }) => !used.has(index))
    .map(({ index, table, bytes }) => ({ index, table, bytes }))
    .sort((a, b) => b.bytes - a.bytes);
}

/** Big tables by what a server read of them without an index. */
export async function sequentialScans(host: Host): Promise<SequentialScans[]> {
  // reltuples, not n_live_tup: a replica has no live tuple counts of its own.
  const rows = await host.query<Omit<SequentialScans, 'host'>>(
    `select s.schemaname || '.' || s.relname as table, c.reltuples::float8 as rows, s.seq_scan::float8 as scans,
            (s.seq_tup_read / s.seq_scan)::float8 as "rowsPerScan"
     from pg_stat_user_tables s join pg_class c on c.oid = s.relid
     where s.seq_scan > 0 and c.reltuples >= $1 and s.seq_tup_read / s.seq_scan > c.reltuples / 2
     order by s.seq_tup_read desc limit 20`,
    [BIG_TABLE_ROWS],
  );
  return rows.map((row) => ({ host: host.name, ...row }));
}

/** The shares of table and index blocks that were found in shared buffers. */
export async function cacheHits(host: Host): Promise<CacheHits> {
  const [row] = await host.query<{ tables: number | null; indexes: number | null; since: string | null }>(
    `select 100 * sum(heap_blks_hit)::float8 / nullif(sum(heap_blks_hit + heap_blks_read), 0) as tables,
            100 * sum(idx_blks_hit)::float8 / nullif(sum(idx_blks_hit + idx_blks_read), 0) as indexes,
            (select to_char(stats_reset at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
             from pg_stat_database where datname = current_database()) as since
     from pg_statio_user_tables`,
  );
  return {
    host: host.name,
    tablesPercent: row?.tables ?? undefined,
    indexesPercent: row?.indexes ?? undefined,
    since: row?.since ?? undefined,
  };
}
