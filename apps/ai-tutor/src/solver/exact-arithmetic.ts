import { isApplication, operandsOf } from '../expressions/expression.ts';
import type { Expression } from '../expressions/expression.ts';
import { Fraction, fractionOf, TooLargeError } from '../expressions/fraction.ts';
import { DeclinedError } from './worksheet.ts';

const ROUNDS_MAX = 12;
const EXPONENT_MAX = 400;
const FACTORIAL_MAX = 45;

/** The expression after each round, down to one number; undefined when it is not all rational arithmetic. */
export function exactRounds(expression: Expression): Expression[] | undefined {
  const rounds: Expression[] = [];
  let current = expression;
  while (isApplication(current) && !fractionOf(current)) {
    const next = reduceOnce(current);
    if (next === undefined || rounds.length >= ROUNDS_MAX) return undefined;
    rounds.push(next);
    current = next;
  }
  return rounds;
}

/** Replaces every operation on plain numbers by its value; products before sums. */
function reduceOnce(expression: Expression): Expression | undefined {
  if (!isApplication(expression) || fractionOf(expression)) return expression;
  const operands = operandsOf(expression);
  const values = operands.map((each) => fractionOf(each));
  if (values.every((value) => value !== undefined)) return valueOf(expression[0], values)?.toExpression();
  const reduced = operands.map(reduceOnce);
  return reduced.every((each) => each !== undefined) ? [expression[0], ...reduced] : undefined;
}

function valueOf(operator: string, values: readonly Fraction[]): Fraction | undefined {
  const [first = Fraction.zero, second = Fraction.one] = values;
  switch (operator) {
    case 'Add':
      return values.reduce((sum, value) => sum.add(value));
    case 'Multiply':
      return values.reduce((product, value) => product.multiply(value));
    case 'Negate':
      return first.negate();
    case 'Divide':
      if (second.isZero) throw new DeclinedError('unsupported');
      return first.divide(second);
    case 'Power':
      if (first.isZero && second.sign <= 0) throw new DeclinedError('unsupported');
      return second.isInteger ? first.power(exponentOf(second)) : undefined;
    case 'Sqrt':
      return first.squareRoot();
    case 'Abs':
      return first.absolute();
    case 'Factorial':
      return factorial(first);
    default:
      return undefined;
  }
}

function exponentOf(value: Fraction): number {
  if (value.absolute().compare(new Fraction(EXPONENT_MAX)) > 0)
    throw new TooLargeError('The power is too large');
  return Number(value.numerator);
}

function factorial(value: Fraction): Fraction {
  if (!value.isInteger || value.sign < 0) throw new DeclinedError('unsupported');
  if (value.compare(new Fraction(FACTORIAL_MAX)) > 0) throw new TooLargeError('The factorial is too large');
  let product = 1n;
  for (let factor = 2n; factor <= value.numerator; factor += 1n) product *= factor;
  return new Fraction(product);
}
