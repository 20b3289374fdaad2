import { isApplication, operandsOf } from './expression.ts';
import type { Expression } from './expression.ts';
import { Fraction } from './fraction.ts';
import { NAMED_SYMBOLS } from './notation.ts';
import { UnreadableError } from './tokens.ts';

/** An element that the grammar promises; what is missing was not written. */
export function at(list: readonly Expression[], index: number): Expression {
  const found = list[index];
  if (found === undefined) throw new UnreadableError('Something is missing');
  return found;
}

/** A negative number is a number, anything else is negated. */
export function negate(expression: Expression): Expression {
  return typeof expression === 'number' && expression !== 0 ? -expression : ['Negate', expression];
}

/** Products stay flat. */
export function multiply(left: Expression, right: Expression): Expression {
  return isApplication(left) && left[0] === 'Multiply'
    ? ['Multiply', ...operandsOf(left), right]
    : ['Multiply', left, right];
}

/** Whole numbers exactly, decimals as they are written. */
export function numberExpression(text: string): Expression {
  const value = Fraction.parse(text);
  if (!value) throw new UnreadableError('A number is too long');
  return value.isInteger ? value.toExpression() : { num: text };
}

/** A constant or an unknown. */
export function symbol(name: string): Expression {
  if (name === 'i') throw new UnreadableError('Complex numbers are not read');
  return NAMED_SYMBOLS[name] ?? name;
}

/** A function by its one name, whatever the student called it. */
export function apply(
  operator: string,
  argument: Expression,
  base?: Expression,
  exponent?: Expression,
): Expression {
  if (exponent === -1 && ['Sin', 'Cos', 'Tan'].includes(operator))
    return [`Arc${operator.toLowerCase()}`, argument];
  if (operator === 'Exp') return ['Power', 'ExponentialE', argument];
  if (operator === 'Cbrt') return ['Root', argument, 3];
  if (operator === 'Log') return base === 'ExponentialE' ? ['Ln', argument] : ['Log', argument, base ?? 10];
  return [operator, argument];
}
