import { isApplication, isRelation, mentions, operandsOf } from './expression.ts';
import type { Expression } from './expression.ts';

/**
 * One form for every way of writing the same expression: sums and products are flat and in one order. Nothing is
 * worked out, so the worked solution still begins with what the student wrote.
 */
export function canonical(expression: Expression): Expression {
  if (!isApplication(expression)) return expression;
  const operator = expression[0];
  const operands = operandsOf(expression).map(canonical);
  if (operator === 'Subtract') return canonical(['Add', at(operands, 0), ['Negate', at(operands, 1)]]);
  if (operator === 'Negate') return negated(at(operands, 0));
  if (operator === 'Add' || operator === 'Multiply') return gathered(operator, operands);
  return [operator, ...operands];
}

/** A short string equal for expressions that differ only in writing. */
export function canonicalKey(expression: Expression): string {
  return JSON.stringify(canonical(expression));
}

function negated(inner: Expression): Expression {
  if (typeof inner === 'number') return inner === 0 ? 0 : -inner;
  return isApplication(inner) && inner[0] === 'Negate' ? at(operandsOf(inner), 0) : ['Negate', inner];
}

function gathered(operator: 'Add' | 'Multiply', operands: readonly Expression[]): Expression {
  const flat = operands.flatMap((child) =>
    isApplication(child) && child[0] === operator ? operandsOf(child) : [child],
  );
  // Plain arithmetic keeps its order: there is one way to say 12 - 5.
  if (!flat.some((child) => mentions(child))) return [operator, ...flat];
  const order = operator === 'Add' ? sumOrder : factorOrder;
  const keyed = flat.map((child) => ({ child, rank: order(child), text: spelling(child, operator) }));
  keyed.sort(
    (left, right) => left.rank - right.rank || (left.text < right.text ? -1 : left.text > right.text ? 1 : 0),
  );
  return [operator, ...keyed.map(({ child }) => child)];
}

/** Sums: highest power first, numbers last. */
function sumOrder(expression: Expression): number {
  return -degree(expression);
}

/** Products: numbers, unknowns and their powers, functions, then brackets. */
function factorOrder(expression: Expression): number {
  if (!mentions(expression)) return 0;
  if (baseSymbol(expression) !== undefined) return 1;
  return isApplication(expression) && expression[0] === 'Add' ? 3 : 2;
}

function degree(expression: Expression): number {
  if (typeof expression === 'string') return /^[A-Z]/.test(expression) ? 0 : 1;
  if (!isApplication(expression)) return 0;
  const degrees = operandsOf(expression).map(degree);
  if (expression[0] === 'Multiply') return degrees.reduce((sum, each) => sum + each, 0);
  if (expression[0] === 'Power') {
    const exponent = at(operandsOf(expression), 1);
    return (degrees[0] ?? 0) * (typeof exponent === 'number' ? exponent : 1);
  }
  if (expression[0] === 'Divide') return (degrees[0] ?? 0) - (degrees[1] ?? 0);
  return Math.max(0, ...degrees);
}

/** Within one rank: by name, whatever the sign of a term or the power of an unknown. */
function spelling(expression: Expression, operator: 'Add' | 'Multiply'): string {
  return operator === 'Add'
    ? JSON.stringify(unsigned(expression))
    : (baseSymbol(expression) ?? JSON.stringify(expression));
}

/** The unknown that this is, or is a power of. */
function baseSymbol(expression: Expression): string | undefined {
  const base =
    isApplication(expression) && expression[0] === 'Power' ? at(operandsOf(expression), 0) : expression;
  return typeof base === 'string' && !/^[A-Z]/.test(base) ? base : undefined;
}

function unsigned(expression: Expression): Expression {
  return isApplication(expression) && expression[0] === 'Negate' && !isRelation(expression)
    ? at(operandsOf(expression), 0)
    : expression;
}

function at(list: readonly Expression[], index: number): Expression {
  return list[index] ?? 0;
}
