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
