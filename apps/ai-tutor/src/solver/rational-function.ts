import { isApplication, operandsOf } from '../expressions/expression.ts';
import type { Expression } from '../expressions/expression.ts';
import { Fraction, fractionOf } from '../expressions/fraction.ts';
import { Polynomial } from '../expressions/polynomial.ts';

/** A quotient of polynomials, not reduced: every zero of the bottom is a place where the expression has no value. */
export interface RationalFunction {
  readonly top: Polynomial;
  readonly bottom: Polynomial;
}

const ONE = Polynomial.constant(Fraction.one);

/** Brings an expression made of + - × ÷ and whole powers over one bottom; undefined for any other. */
export function rationalFunctionOf(expression: Expression): RationalFunction | undefined {
  const polynomial = Polynomial.of(expression);
  if (polynomial) return { top: polynomial, bottom: ONE };
  if (!isApplication(expression)) return undefined;
  const parts = operandsOf(expression).map(rationalFunctionOf);
  if (!parts.every((part) => part !== undefined)) return undefined;
  const [first, second] = parts;
  if (!first) return undefined;
  switch (expression[0]) {
    case 'Add':
      return parts.reduce(plus);
    case 'Subtract':
      return second && plus(first, { top: second.top.scale(Fraction.one.negate()), bottom: second.bottom });
    case 'Multiply':
      return parts.reduce(times);
    case 'Negate':
      return { top: first.top.scale(Fraction.one.negate()), bottom: first.bottom };
    case 'Divide':
      return second && !second.top.isZero
        ? times(first, { top: second.bottom, bottom: second.top })
        : undefined;
    case 'Power':
      return raise(first, fractionOf(operandsOf(expression)[1] ?? 0));
    default:
      return undefined;
  }
}

function plus(left: RationalFunction, right: RationalFunction): RationalFunction {
  if (isEqual(left.bottom, right.bottom)) return { top: left.top.add(right.top), bottom: left.bottom };
  return {
    top: left.top.multiply(right.bottom).add(right.top.multiply(left.bottom)),
    bottom: left.bottom.multiply(right.bottom),
  };
}

function times(left: RationalFunction, right: RationalFunction): RationalFunction {
  return { top: left.top.multiply(right.top), bottom: left.bottom.multiply(right.bottom) };
}

function raise(base: RationalFunction, exponent: Fraction | undefined): RationalFunction | undefined {
  if (!exponent?.isInteger || exponent.absolute().compare(new Fraction(12)) > 0) return undefined;
  const { top, bottom } = exponent.sign < 0 ? { top: base.bottom, bottom: base.top } : base;
  const count = Math.abs(exponent.toNumber());
  return Array.from({ length: count }).reduce<RationalFunction>((power) => times(power, { top, bottom }), {
    top: ONE,
    bottom: ONE,
  });
}

function isEqual(left: Polynomial, right: Polynomial): boolean {
  return left.subtract(right).isZero;
}
