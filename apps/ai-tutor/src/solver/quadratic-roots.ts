import { Polynomial } from '../expressions/polynomial.ts';
import type { Expression } from '../expressions/expression.ts';
import { Fraction, greatestCommonDivisor, integerExpression } from '../expressions/fraction.ts';

const SQUARE_FACTOR_MAX = 100_000n;

/** A quadratic `ax² + bx + c` with whole coefficients and a > 0. */
export interface Quadratic {
  readonly a: bigint;
  readonly b: bigint;
  readonly c: bigint;
}

export interface QuadraticRoots {
  readonly kind: 'rational' | 'double' | 'surd' | 'complex';
  readonly discriminant: bigint;
  /** Smaller first where they are real. */
  readonly roots: readonly Expression[];
  /** The same roots when they are rational. */
  readonly fractions: readonly Fraction[];
}

/** Exact roots in lowest terms, with the square part taken out of the surd. */
export function quadraticRoots({ a, b, c }: Quadratic): QuadraticRoots {
  const discriminant = b * b - 4n * a * c;
  const root = discriminant >= 0n ? new Fraction(discriminant).squareRoot() : undefined;
  if (root) {
    const fractions = [new Fraction(-b).subtract(root), new Fraction(-b).add(root)].map((top) =>
      top.divide(new Fraction(2n * a)),
    );
    const distinct = root.isZero ? fractions.slice(0, 1) : fractions;
    return {
      kind: root.isZero ? 'double' : 'rational',
      discriminant,
      fractions: distinct,
      roots: distinct.map((each) => each.toExpression()),
    };
  }
  const isComplex = discriminant < 0n;
  const { outside, inside } = takeOutSquares(isComplex ? -discriminant : discriminant);
  const shared = greatestCommonDivisor(greatestCommonDivisor(b, outside), 2n * a);
  const parts = {
    rational: -b / shared,
    outside: outside / shared,
    inside,
    isComplex,
    bottom: (2n * a) / shared,
  };
  return {
    kind: isComplex ? 'complex' : 'surd',
    discriminant,
    fractions: [],
    roots: [surd(parts, -1), surd(parts, 1)],
  };
}

/** The factor with whole coefficients that is zero at this root: `2x - 3` for 3/2. */
export function factorOfRoot(root: Fraction, variable: string): Expression {
  return Polynomial.fromCoefficients(variable, [
    new Fraction(-root.numerator),
    new Fraction(root.denominator),
  ]).toExpression();
}

/** `value = outside² × inside`; large values keep a square factor inside, which is right but not shortest. */
export function takeOutSquares(value: bigint): { outside: bigint; inside: bigint } {
  let [outside, inside] = [1n, value];
  for (let factor = 2n; factor * factor <= inside && factor < SQUARE_FACTOR_MAX; factor += 1n) {
    while (inside % (factor * factor) === 0n) {
      inside /= factor * factor;
      outside *= factor;
    }
  }
  return { outside, inside };
}

interface SurdParts {
  readonly rational: bigint;
  readonly outside: bigint;
  readonly inside: bigint;
  readonly isComplex: boolean;
  readonly bottom: bigint;
}

function surd({ rational, outside, inside, isComplex, bottom }: SurdParts, sign: 1 | -1): Expression {
  const factors: Expression[] = [
    ...(outside === 1n && (inside !== 1n || isComplex) ? [] : [integerExpression(outside)]),
    ...(inside === 1n ? [] : [['Sqrt', integerExpression(inside)] as const]),
    ...(isComplex ? ['ImaginaryUnit'] : []),
  ];
  const [only = 1] = factors;
  const size: Expression = factors.length === 1 ? only : ['Multiply', ...factors];
  const signed: Expression = sign < 0 ? ['Negate', size] : size;
  if (rational === 0n) {
    if (bottom === 1n) return signed;
    return sign < 0
      ? ['Negate', ['Divide', size, integerExpression(bottom)]]
      : ['Divide', size, integerExpression(bottom)];
  }
  const top: Expression = ['Add', integerExpression(rational), signed];
  return bottom === 1n ? top : ['Divide', top, integerExpression(bottom)];
}
