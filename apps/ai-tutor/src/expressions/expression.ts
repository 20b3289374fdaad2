/** MathJSON, cut down to what the tutor reads and writes. A `num` is a number too long, or too exact, for a double. */
export type Expression = number | string | { readonly num: string } | readonly [string, ...Expression[]];

/** A function application: an operator and its operands. */
export type Application = readonly [string, ...Expression[]];

/** Names that are letters but not unknowns. */
const CONSTANTS: ReadonlySet<string> = new Set([
  'Pi',
  'ExponentialE',
  'ImaginaryUnit',
  'Nothing',
  'True',
  'False',
]);

export const RELATIONS = ['Equal', 'Less', 'LessEqual', 'Greater', 'GreaterEqual'] as const;
export type Relation = (typeof RELATIONS)[number];

/** Is this an operator with operands? */
export function isApplication(expression: Expression): expression is Application {
  return Array.isArray(expression);
}

/** Is this an application of exactly this operator? */
export function isCall(expression: Expression, operator: string): expression is Application {
  return isApplication(expression) && expression[0] === operator;
}

/** Is this an equation or an inequality (possibly a chain of them)? */
export function isRelation(expression: Expression): expression is Application {
  return isApplication(expression) && (RELATIONS as readonly string[]).includes(expression[0]);
}

/** The operands; none for a number or a symbol. */
export function operandsOf(expression: Expression): readonly Expression[] {
  return isApplication(expression) ? expression.slice(1) : [];
}

/** The n-th operand of an application the parser has shaped; missing is a fault of ours, not of the student. */
export function operand(expression: Application, index: number): Expression {
  const found = expression[index + 1];
  if (found === undefined) throw new Error(`${expression[0]} has no operand ${index}`);
  return found;
}

/** The unknowns, in alphabetical order. */
export function variablesOf(expression: Expression): string[] {
  const symbols = nodesOf(expression).filter((node) => typeof node === 'string');
  return [...new Set(symbols)].filter((symbol) => !CONSTANTS.has(symbol)).sort();
}

/** Does the expression mention this symbol, or any unknown when none is named? */
export function mentions(expression: Expression, symbol?: string): boolean {
  const variables = variablesOf(expression);
  return symbol === undefined ? variables.length > 0 : variables.includes(symbol);
}

/** Every node, parents first. */
export function nodesOf(expression: Expression): Expression[] {
  return [expression, ...operandsOf(expression).flatMap(nodesOf)];
}

/** The same expression with every symbol replaced where `values` has one. */
export function substitute(expression: Expression, values: Readonly<Record<string, Expression>>): Expression {
  if (typeof expression === 'string') return values[expression] ?? expression;
  if (!isApplication(expression)) return expression;
  return [expression[0], ...operandsOf(expression).map((child) => substitute(child, values))];
}

/** Number of nodes: a measure of the work an expression can make. */
export function sizeOf(expression: Expression): number {
  return nodesOf(expression).length;
}

/** Are the two written the same? */
export function isSame(left: Expression, right: Expression): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
