import type { Application, Expression } from '../../expressions/expression.ts';
import { Fraction } from '../../expressions/fraction.ts';

/** The number as a decimal when it ends, as a fraction when it does not. */
export function decimal(value: Fraction): Expression {
  if (value.isInteger) return value.toExpression();
  const text = value.toDecimal(8);
  return Fraction.parse(text)?.equals(value) ? { num: text } : value.toExpression();
}

/** `left = value`, the value in decimals when they end, as an exact fraction when they do not. */
export function roundedEquality(left: Expression, value: Fraction): Application {
  return ['Equal', left, decimal(value)];
}

/** Indian currency without grouping: two places, none for whole rupees. */
export function rupees(value: Fraction): string {
  const text = value.toDecimal(2);
  const [whole = text, paise] = text.split('.');
  return `₹${whole}${paise === undefined ? '' : `.${paise.padEnd(2, '0')}`}`;
}
