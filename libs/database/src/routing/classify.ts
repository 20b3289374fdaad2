import type {
  AggregateFunctionNode,
  FunctionNode,
  OperationNode,
  RawNode,
  RootOperationNode,
  SelectModifierNode,
} from 'kysely';

import type { QueryType } from '../events.ts';
import { isDeclaredSafe } from './read-safe.ts';
import { isKyselyText, SAFE_FUNCTIONS, SAFE_NODES } from './safe-parts.ts';

/** Whether a statement is provably a read, and what says so. */
export type Verdict = { readonly isRead: boolean; readonly reason: string };

const READ: Verdict = { isRead: true, reason: 'read' };

/**
 * A statement is a read only if it is a select and its tree, at any depth, holds nothing but parts known to neither
 * write nor lock. Whatever is unknown is not a read.
 */
export function classify(root: RootOperationNode): Verdict {
  if (root.kind !== 'SelectQueryNode') return { isRead: false, reason: queryTypeOf(root) };
  const objection = objectionTo(root);
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

function objectionTo(node: OperationNode): string | undefined {
  switch (node.kind) {
    case 'ValueNode':
    case 'PrimitiveValueListNode':
      // Parameters: values of the caller, which may look like anything.
      return undefined;
    case 'RawNode': {
      const { sqlFragments, parameters } = node as RawNode;
      if (!isKyselyText(sqlFragments) && !isDeclaredSafe(sqlFragments)) return 'raw fragment';
      return firstObjection(parameters);
    }
    case 'SelectModifierNode': {
      const { modifier, rawModifier } = node as SelectModifierNode;
      if (modifier !== 'Distinct' || rawModifier) return `modifier ${modifier ?? 'raw'}`;
      return undefined;
    }
    case 'FunctionNode':
    case 'AggregateFunctionNode': {
      const { func } = node as FunctionNode | AggregateFunctionNode;
      return SAFE_FUNCTIONS.has(func.toLowerCase()) ? objectionInside(node) : `function ${func}`;
    }
    default:
      return SAFE_NODES.has(node.kind) ? objectionInside(node) : node.kind;
  }
}

function objectionInside(node: OperationNode): string | undefined {
  // Not Object.values: this runs for every statement, and the array would be most of the cost.
  for (const key in node) {
    const objection = objectionToPart(node[key as keyof OperationNode]);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

function firstObjection(parts: readonly unknown[]): string | undefined {
  for (const part of parts) {
    const objection = objectionToPart(part);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

function objectionToPart(part: unknown): string | undefined {
  if (typeof part !== 'object' || part === null) return undefined;
  if (Array.isArray(part)) return firstObjection(part);
  return 'kind' in part ? objectionTo(part as OperationNode) : 'unknown part';
}
