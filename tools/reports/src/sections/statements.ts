import type { Host } from '../host.ts';

/** A statement and what it cost one server since its statistics were reset. */
export interface Statement {
  readonly host: string;
  readonly role: string;
  readonly calls: number;
  readonly meanMs: number;
  readonly totalMs: number;
  readonly rows: number;
  /** Of all the time the server spent in statements. */
  readonly sharePercent: number;
  readonly query: string;
}

/** The statements that took a server the most time; undefined where pg_stat_statements is not installed. */
export async function slowStatements(host: Host, limit: number): Promise<Statement[] | undefined> {
  const [extension] = await host.query<{ schema: string }>(
    `select quote_ident(nspname) as schema from pg_extension join pg_namespace n on n.oid = extnamespace
     where extname = 'pg_stat_statements' and current_setting('shared_preload_libraries') like '%pg_stat_statements%'`,
  );
  if (extension === undefined) return undefined;
  const rows = await host.query<Omit<Statement, 'host'>>(
    `select rolname as role, calls::float8 as calls, mean_exec_time as "meanMs", total_exec_time as "totalMs",
            rows::float8 as rows, 100 * total_exec_time / sum(total_exec_time) over () as "sharePercent",
            regexp_replace(query, '\\s+', ' ', 'g') as query
     from ${extension.schema}.pg_stat_statements s join pg_roles r on r.oid = s.userid
     where dbid = (select oid from pg_database where datname = current_database())
       and query not like '%pg_stat\\_%'
     order by total_exec_time desc limit $1`,
    [limit],
  );
  return rows.map((row) => ({ host: host.name, ...row }));
}
