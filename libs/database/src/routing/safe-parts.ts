/** Functions of Postgres that neither write nor depend on the host; everything else goes to the primary. */
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

/** Nodes a select may be made of. A kind that is not here, also one of a future Kysely, goes to the primary. */
export const SAFE_NODES: ReadonlySet<string> = new Set([
  ...['AliasNode', 'AndNode', 'BinaryOperationNode', 'CaseNode', 'CastNode', 'CollateNode', 'ColumnNode'],
  ...['CommonTableExpressionNameNode', 'CommonTableExpressionNode', 'DataTypeNode', 'FetchNode', 'FromNode'],
  ...[
    'GroupByItemNode',
    'GroupByNode',
    'HavingNode',
    'IdentifierNode',
    'JSONOperatorChainNode',
    'JSONPathLegNode',
  ],
  ...['JSONPathNode', 'JSONReferenceNode', 'JoinNode', 'LimitNode', 'ListNode', 'OffsetNode', 'OnNode'],
  ...[
    'OperatorNode',
    'OrNode',
    'OrderByItemNode',
    'OrderByNode',
    'OverNode',
    'ParensNode',
    'PartitionByItemNode',
  ],
  ...[
    'PartitionByNode',
    'PrimitiveValueListNode',
    'ReferenceNode',
    'SchemableIdentifierNode',
    'SelectAllNode',
  ],
  ...['SelectQueryNode', 'SelectionNode', 'SetOperationNode', 'TableNode', 'TupleNode', 'UnaryOperationNode'],
  ...['ValueListNode', 'ValueNode', 'ValuesNode', 'WhenNode', 'WhereNode', 'WithNode'],
]);

// What Kysely itself writes as raw text: join lateral … on true, order by directions, and `kysely/helpers/postgres`.
const PUNCTUATION = /^[\s,.()]*$/;
const KEYWORDS = /^\s*(true|asc|desc)?(\s*nulls (first|last))?\s*$/i;
const HELPERS: ReadonlySet<string> = new Set([
  "(select coalesce(json_agg(agg), '[]') from \u0000 as agg)",
  '(select to_json(obj) from \u0000 as obj)',
  'json_build_object(\u0000)',
]);

/** Whether raw text is one of the few that Kysely makes itself. */
export function isKyselyText(fragments: readonly string[]): boolean {
  return (
    fragments.every((fragment) => PUNCTUATION.test(fragment) || KEYWORDS.test(fragment)) ||
    HELPERS.has(fragments.join('\u0000'))
  );
}
