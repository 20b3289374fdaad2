import type { Host } from '../host.ts';

/** Client connections of one server that have role, application and state in common. */
export interface ConnectionGroup {
  readonly role: string;
  readonly application: string;
  readonly state: string;
  readonly count: number;
  /** How long the oldest of them has been in this state. */
  readonly oldestS: number;
}

/** The connections of one server against what it takes. */
export interface Connections {
  readonly host: string;
  readonly used: number;
  readonly max: number;
  readonly groups: readonly ConnectionGroup[];
}

/** Who is connected to a server; the connection of this report counts too. */
export async function connections(host: Host): Promise<Connections> {
  const groups = await host.query<ConnectionGroup>(
    `select coalesce(usename, '') as role, coalesce(application_name, '') as application,
            coalesce(state, 'unknown') as state, count(*)::int as count,
            coalesce(max(extract(epoch from clock_timestamp() - state_change)), 0)::float8 as "oldestS"
     from pg_stat_activity where backend_type in ('client backend', 'walsender')
     group by 1, 2, 3 order by count desc, 1, 2, 3`,
  );
  const [limit] = await host.query<{ max: number }>(`select current_setting('max_connections')::int as max`);
  const used = groups.reduce((sum, { count }) => sum + count, 0);
  return { host: host.name, used, max: limit?.max ?? 0, groups };
}
