/** The names of a schema's functions, by whether every overload of the name is stable. */
export type FunctionRow = {
  readonly schema: string;
  readonly isOnPath: boolean;
  readonly stable: readonly string[];
  readonly volatile: readonly string[];
};

/** A relation that may need the primary. */
export type RelationRow = {
  readonly id: string;
  readonly schema: string;
  readonly name: string;
  readonly kind: 'sequence' | 'unlogged' | 'server' | 'view';
  /** What its definition and its policies seem to call. */
  readonly calls: readonly string[];
  /** Ids of the relations that a view reads. */
  readonly uses: readonly string[];
};

// Aggregates are all marked immutable: what they are made of decides.
export const FUNCTIONS_QUERY = `
  with named as (
    select p.pronamespace, p.proname, bool_and(p.provolatile <> 'v' and not exists (
             select from pg_catalog.pg_aggregate a join pg_catalog.pg_proc part on part.provolatile = 'v'
               and part.oid in (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn,
                                a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)
             where p.prokind = 'a' and a.aggfnoid = p.oid)) as stable
    from pg_catalog.pg_proc p where p.prokind <> 'p' group by 1, 2)
  select n.nspname::text as schema, n.nspname = any (pg_catalog.current_schemas(true)) as "isOnPath",
         coalesce(array_agg(proname::text) filter (where stable), '{}') as stable,
         coalesce(array_agg(proname::text) filter (where not stable), '{}') as volatile
  from named join pg_catalog.pg_namespace n on n.oid = pronamespace group by 1, 2`;

// A standby cannot read unlogged tables; sequences run ahead in the log; views and policies call functions themselves.
export const RELATIONS_QUERY = `
  select c.oid::text as id, n.nspname::text as schema, c.relname::text as name,
         case when c.relkind = 'S' then 'sequence' when c.relpersistence = 'u' then 'unlogged'
              when n.nspname in ('pg_catalog', 'information_schema') then 'server' else 'view' end as kind,
         case when n.nspname in ('pg_catalog', 'information_schema') then '{}'::text[] else array(
           select distinct call[1]
           from (select pg_catalog.pg_get_viewdef(c.oid) where c.relkind = 'v' union all
                 select pg_catalog.pg_get_expr(polqual, polrelid) from pg_catalog.pg_policy where polrelid = c.oid)
                as code (text), regexp_matches(code.text, '([A-Za-z_][A-Za-z0-9_$]*)"?\\s*[(]', 'g') as call) end as calls,
         array(
           select distinct d.refobjid::text from pg_catalog.pg_depend d join pg_catalog.pg_rewrite r on r.oid = d.objid
           where d.classid = 'pg_catalog.pg_rewrite'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
             and r.ev_class = c.oid and d.refobjid <> c.oid) as uses
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname !~ '^pg_toast' and (c.relkind in ('S', 'v') or c.relrowsecurity
    or (c.relpersistence = 'u' and c.relkind in ('r', 'p', 'm')))
  limit 20000`;
