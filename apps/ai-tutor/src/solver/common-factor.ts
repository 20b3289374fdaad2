import { isCall, operand, operandsOf } from '../expressions/expression.ts';
import type { Expression } from '../expressions/expression.ts';
import { Fraction, greatestCommonDivisor } from '../expressions/fraction.ts';
import { Polynomial, termExpression } from '../expressions/polynomial.ts';
import { leastCommonDenominator } from './narrators/equation-lines.ts';

/** The greatest number and powers that divide every term; takes the sign of the first one. */
export function commonFactor(polynomial: Polynomial): Polynomial {
  const { terms } = polynomial;
  const bottom = leastCommonDenominator([polynomial]);
  const top = terms.reduce(
    (shared, { coefficient }) =>
      greatestCommonDivisor(shared, coefficient.multiply(new Fraction(bottom)).numerator),
    0n,
  );
  const sign = terms[0] && terms[0].coefficient.sign < 0 ? -1n : 1n;
  const powers = (terms[0]?.powers ?? [])
    .map(
      ([variable]) =>
        [
          variable,
          Math.min(...terms.map((term) => term.powers.find(([name]) => name === variable)?.[1] ?? 0)),
        ] as const,
    )
    .filter(([, power]) => power > 0);
  return (
    Polynomial.of(termExpression({ coefficient: new Fraction(sign * top, bottom), powers })) ?? polynomial
  );
}

/** Exact division by a single term. */
export function divideBy(polynomial: Polynomial, divisor: Polynomial): Polynomial {
  const [by] = divisor.terms;
  if (!by) return polynomial;
  const terms = polynomial.terms.map(({ coefficient, powers }) =>
    termExpression({
      coefficient: coefficient.divide(by.coefficient),
      powers: powers
        .map(
          ([variable, power]) =>
            [variable, power - (by.powers.find(([name]) => name === variable)?.[1] ?? 0)] as const,
        )
        .filter(([, power]) => power > 0),
    }),
  );
  return Polynomial.of(['Add', ...terms]) ?? polynomial;
}

/** Joins factors, leaving out 1 and writing -1 as a minus. */
export function product(factors: readonly Expression[]): Expression {
  const flat = factors
    .flatMap((factor) => (isCall(factor, 'Multiply') ? operandsOf(factor) : [factor]))
    .filter((factor) => factor !== 1);
  const [first = 1, ...rest] = flat;
  if (rest.length === 0) return first;
  if (first === -1) return ['Negate', product(rest)];
  return isCall(first, 'Negate')
    ? ['Negate', product([operand(first, 0), ...rest])]
    : ['Multiply', first, ...rest];
}
