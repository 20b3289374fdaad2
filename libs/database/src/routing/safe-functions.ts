/** Functions of Postgres that neither write nor depend on the host: all that counts until the catalogue is known. */
export const SAFE_FUNCTIONS: ReadonlySet<string> = new Set([
  // aggregates
  ...['count', 'sum', 'avg', 'min', 'max', 'bool_and', 'bool_or', 'every', 'any_value', 'mode'],
  ...['array_agg', 'string_agg', 'json_agg', 'jsonb_agg', 'json_object_agg', 'jsonb_object_agg'],
  ...['percentile_cont', 'percentile_disc', 'stddev', 'variance'],
  // windows
  ...['row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist', 'ntile'],
  ...['lag', 'lead', 'first_value', 'last_value', 'nth_value'],
  // values and numbers
  ...[
    'coalesce',
    'nullif',
    'greatest',
    'least',
    'abs',
    'ceil',
    'floor',
    'round',
    'mod',
    'power',
    'sqrt',
    'sign',
  ],
  // text
  ...[
    'lower',
    'upper',
    'initcap',
    'length',
    'char_length',
    'octet_length',
    'trim',
    'btrim',
    'ltrim',
    'rtrim',
  ],
  ...[
    'left',
    'right',
    'substring',
    'substr',
    'position',
    'strpos',
    'replace',
    'reverse',
    'repeat',
    'lpad',
    'rpad',
  ],
  ...['concat', 'concat_ws', 'split_part', 'starts_with', 'regexp_replace', 'regexp_match', 'md5', 'format'],
  // time
  ...[
    'now',
    'date_trunc',
    'date_part',
    'extract',
    'age',
    'to_char',
    'to_date',
    'to_timestamp',
    'make_interval',
  ],
  // full text and trigrams
  ...[
    'to_tsvector',
    'to_tsquery',
    'plainto_tsquery',
    'phraseto_tsquery',
    'websearch_to_tsquery',
    'setweight',
  ],
  ...[
    'ts_rank',
    'ts_rank_cd',
    'ts_headline',
    'similarity',
    'word_similarity',
    'strict_word_similarity',
    'unaccent',
  ],
  // arrays and JSON
  ...[
    'array_length',
    'cardinality',
    'array_position',
    'array_to_string',
    'string_to_array',
    'unnest',
    'any',
    'all',
  ],
  ...['to_json', 'to_jsonb', 'row_to_json', 'json_build_object', 'jsonb_build_object', 'json_build_array'],
  ...[
    'jsonb_build_array',
    'json_array_length',
    'jsonb_array_length',
    'jsonb_array_elements',
    'json_array_elements',
  ],
  ...[
    'jsonb_array_elements_text',
    'jsonb_extract_path_text',
    'jsonb_path_exists',
    'jsonb_path_query',
    'jsonb_set',
  ],
  ...['jsonb_strip_nulls', 'jsonb_typeof', 'exists'],
]);

/** What reads like a function call and is syntax: no catalogue knows it, and no user can define one of that name. */
export const CALL_SYNTAX: ReadonlySet<string> = new Set([
  ...['coalesce', 'nullif', 'greatest', 'least', 'any', 'some', 'all', 'exists', 'grouping', 'row', 'trim'],
  ...['json_array', 'json_arrayagg', 'json_object', 'json_objectagg', 'json_scalar', 'json_serialize'],
  ...['json_exists', 'json_query', 'json_value'],
]);

// Stable or immutable by the catalogue, and still not the same on every host.
const HOST_BOUND: readonly (readonly [names: RegExp, reason: string])[] = [
  [/^(nextval|setval|currval|lastval)$/, 'sequences advance on the primary'],
  [/^(current_setting|set_config)$/, 'settings belong to one connection'],
  [/^inet_(client|server)_(addr|port)$/, 'tells which host answers'],
  [/^(version|current_query)$/, 'tells which host answers'],
  [/^txid_/, 'transaction ids are given by the primary, and a standby refuses them'],
  [/^dblink/, 'runs a statement elsewhere'],
  [/_to_xml(schema|_and_xmlschema)?$|^ts_(stat|rewrite)$/, 'runs a statement that is not in the tree'],
  // Backends, locks, log positions, snapshots, statistics, files: nearly all of them speak of one server.
  [/^pg_/, 'speaks of the server that answers'],
];
const SAFE_PG_FUNCTIONS: ReadonlySet<string> = new Set([
  ...[
    'pg_typeof',
    'pg_size_pretty',
    'pg_size_bytes',
    'pg_column_size',
    'pg_collation_for',
    'pg_wal_lsn_diff',
  ],
  ...['pg_input_is_valid', 'pg_lsn'],
]);

/** Why a function must run on the primary although it does not write; undefined when nothing says so. */
export function hostBoundReason(name: string): string | undefined {
  if (SAFE_PG_FUNCTIONS.has(name)) return undefined;
  return HOST_BOUND.find(([names]) => names.test(name))?.[1];
}
