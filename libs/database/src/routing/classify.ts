import type {
  AggregateFunctionNode,
  CompiledQuery,
  FunctionNode,
  OperationNode,
  RawNode,
  RootOperationNode,
  SchemableIdentifierNode,
  SelectModifierNode,
  TableNode,
} from 'kysely';

import type { QueryType } from '../events.ts';
import { BUILT_IN, objectionToFunction, type Knowledge } from './knowledge.ts';
import { isDeclaredSafe } from './read-safe.ts';
import { isKyselyText, SAFE_NODES } from './safe-parts.ts';

/** Whether a statement is provably a read, and what says so. */
export type Verdict = { readonly isRead: boolean; readonly reason: string };

const READ: Verdict = { isRead: true, reason: 'read' };

/**
 * A statement is a read only if it is a select and its tree, at any depth, holds nothing but parts known to neither
 * write nor lock. Whatever is unknown is not a read.
 */
export function classify(root: RootOperationNode, knowledge: Knowledge = BUILT_IN): Verdict {
  if (root.kind !== 'SelectQueryNode') return { isRead: false, reason: queryTypeOf(root) };
  const objection = objectionTo(root, knowledge);
  return objection === undefined ? READ : { isRead: false, reason: objection };
}

/** The kind of a statement. */
export function queryTypeOf(root: RootOperationNode): QueryType {
  switch (root.kind) {
    case 'SelectQueryNode':
      return 'select';
    case 'InsertQueryNode':
      return 'insert';
    case 'UpdateQueryNode':
      return 'update';
    case 'DeleteQueryNode':
      return 'delete';
    case 'MergeQueryNode':
      return 'merge';
    case 'RawNode':
      return 'raw';
    default:
      return 'schema';
  }
}

// At the start of a statement only: a table may be called `comment`, and forgetting at every request would be dear.
const SCHEMA_CHANGE = /(^|;|\*\/|\n)\s*(create|alter|drop|do|import)\b/i;

/** Whether a statement may change what the catalogue tells. */
export function changesSchema({ query, sql }: Pick<CompiledQuery, 'query' | 'sql'>): boolean {
  const type = queryTypeOf(query);
  return type === 'schema' || (type === 'raw' && SCHEMA_CHANGE.test(sql));
}

function objectionTo(node: OperationNode, knowledge: Knowledge): string | undefined {
  switch (node.kind) {
    case 'ValueNode':
    case 'PrimitiveValueListNode':
      // Parameters: values of the caller, which may look like anything.
      return undefined;
    case 'RawNode': {
      const { sqlFragments, parameters } = node as RawNode;
      if (!isKyselyText(sqlFragments) && !isDeclaredSafe(sqlFragments)) return 'raw fragment';
      return firstObjection(parameters, knowledge);
    }
    case 'SelectModifierNode': {
      const { modifier, rawModifier } = node as SelectModifierNode;
      if (modifier !== 'Distinct' || rawModifier) return `modifier ${modifier ?? 'raw'}`;
      return undefined;
    }
    case 'FunctionNode':
    case 'AggregateFunctionNode': {
      const { func } = node as FunctionNode | AggregateFunctionNode;
      return objectionToFunction(func, knowledge) ?? objectionInside(node, knowledge);
    }
    case 'TableNode':
      return objectionToTable((node as TableNode).table, knowledge);
    default:
      return SAFE_NODES.has(node.kind) ? objectionInside(node, knowledge) : node.kind;
  }
}

function objectionToTable({ schema, identifier }: SchemableIdentifierNode, knowledge: Knowledge) {
  const reason = knowledge.objectionToRelation(schema?.name, identifier.name);
  return reason === undefined ? undefined : `${identifier.name}: ${reason}`;
}

function objectionInside(node: OperationNode, knowledge: Knowledge): string | undefined {
  // Not Object.values: this runs for every statement, and the array would be most of the cost.
  for (const key in node) {
    const objection = objectionToPart(node[key as keyof OperationNode], knowledge);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

function firstObjection(parts: readonly unknown[], knowledge: Knowledge): string | undefined {
  for (const part of parts) {
    const objection = objectionToPart(part, knowledge);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

function objectionToPart(part: unknown, knowledge: Knowledge): string | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  if (Array.isArray(part)) return firstObjection(part, knowledge);
  return 'kind' in part ? objectionTo(part as OperationNode, knowledge) : 'unknown part';
}
