import { isSame } from '../expressions/expression.ts';
import type { Expression } from '../expressions/expression.ts';
import { canonical } from '../expressions/canonical.ts';
import { Polynomial, termExpression } from '../expressions/polynomial.ts';
import { commonFactor, divideBy, product } from './common-factor.ts';
import type { Engine } from './engine.ts';
import { factorisationExpression, factorUnivariate } from './polynomial-factors.ts';
import { DeclinedError } from './worksheet.ts';

/**
 * Factors a polynomial in several unknowns without a common factor. Declines where it finds nothing, for then it does
 * not know that there is nothing.
 */
export function splitSeveral(engine: Engine, rest: Polynomial): Expression {
  if (rest.degree <= 1 || rest.terms.length < 2) return rest.toExpression();
  const found = homogeneous(rest) ?? grouped(rest) ?? engine.factor(rest.toExpression());
  if (isSame(canonical(found), canonical(rest.toExpression()))) throw new DeclinedError('unsupported');
  return found;
}

/** All terms of one degree in two unknowns: with the second one put to 1 it is a polynomial in the first. */
function homogeneous(rest: Polynomial): Expression | undefined {
  const [first, second, ...others] = rest.variables;
  const isEven = rest.terms.every(
    ({ powers }) => powers.reduce((sum, [, power]) => sum + power, 0) === rest.degree,
  );
  if (first === undefined || second === undefined || others.length > 0 || !isEven) return undefined;
  const inFirst = (polynomial: Polynomial) =>
    polynomial.terms.map(({ coefficient, powers }) => ({
      coefficient,
      power: powers.find(([name]) => name === first)?.[1] ?? 0,
    }));
  const dehomogenised = sum(
    inFirst(rest).map(({ coefficient, power }) => ({ coefficient, powers: [[first, power]] })),
  );
  const factorisation = factorUnivariate(dehomogenised, first);
  if (!factorisation.isComplete) return undefined;
  const factors = factorisation.factors.map(({ polynomial, times }) => ({
    times,
    polynomial: sum(
      inFirst(polynomial).map(({ coefficient, power }) => ({
        coefficient,
        powers: [
          [first, power],
          [second, polynomial.degree - power],
        ],
      })),
    ),
  }));
  return factorisationExpression({ content: factorisation.content, factors });
}

function sum(terms: readonly Polynomial['terms'][number][]): Polynomial {
  const expressions = terms.map(({ coefficient, powers }) =>
    termExpression({ coefficient, powers: powers.filter(([, power]) => power > 0) }),
  );
  const polynomial = Polynomial.of(['Add', ...expressions]);
  if (!polynomial) throw new Error('A sum of terms is a polynomial');
  return polynomial;
}

/** `ax + ay + bx + by` by pairing terms; undefined when no pairing works. */
function grouped(rest: Polynomial): Expression | undefined {
  const { terms } = rest;
  if (terms.length !== 4) return undefined;
  const [first, ...others] = terms.map((term) => Polynomial.of(termExpression(term)));
  for (const partner of others) {
    const remaining = others.filter((each) => each !== partner);
    if (!first || !partner || !remaining[0] || !remaining[1]) continue;
    const left = first.add(partner);
    const right = remaining[0].add(remaining[1]);
    const [leftCommon, rightCommon] = [commonFactor(left), commonFactor(right)];
    const [leftRest, rightRest] = [divideBy(left, leftCommon), divideBy(right, rightCommon)];
    if (leftRest.subtract(rightRest).isZero) {
      return product([leftCommon.add(rightCommon).toExpression(), leftRest.toExpression()]);
    }
    if (leftRest.add(rightRest).isZero) {
      return product([leftCommon.subtract(rightCommon).toExpression(), leftRest.toExpression()]);
    }
  }
  return undefined;
}
