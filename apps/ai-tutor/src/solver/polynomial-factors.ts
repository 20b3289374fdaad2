import type { Expression } from '../expressions/expression.ts';
import { Fraction, greatestCommonDivisor, TooLargeError } from '../expressions/fraction.ts';
import { Polynomial } from '../expressions/polynomial.ts';
import { factorOfRoot } from './narrators/quadratic-equation.ts';

const DIVISOR_CANDIDATE_MAX = 100_000n;
const ROOT_CANDIDATES_MAX = 4_000;

/** `content × Π factor^times`, the factors with whole coefficients and no common divisor. */
export interface Factorisation {
  readonly content: Fraction;
  readonly factors: readonly { readonly polynomial: Polynomial; readonly times: number }[];
}

/** Takes out the content and all rational roots; what is left over stays one factor. */
export function factorUnivariate(polynomial: Polynomial, variable: string): Factorisation {
  let rest = wholeCoefficients(polynomial, variable);
  const leading = rest.at(-1) ?? 1n;
  const divisor = rest.reduce(greatestCommonDivisor, 0n) * (leading < 0n ? -1n : 1n);
  rest = rest.map((coefficient) => coefficient / divisor);
  const roots: Fraction[] = [];
  for (let root = rationalRoot(rest); root && rest.length > 1; root = rationalRoot(rest)) {
    roots.push(root);
    rest = divideOut(rest, root);
  }
  const linear = [...new Set(roots.map((root) => JSON.stringify(root.toExpression())))].map((key) => {
    const same = roots.filter((root) => JSON.stringify(root.toExpression()) === key);
    const [root = Fraction.zero] = same;
    return { polynomial: polynomialOf(factorOfRoot(root, variable)), times: same.length };
  });
  const remainder = Polynomial.fromCoefficients(
    variable,
    rest.map((coefficient) => new Fraction(coefficient)),
  );
  const factors = rest.length > 1 ? [...linear, { polynomial: remainder, times: 1 }] : linear;
  const product = factors.reduce(
    (whole, factor) =>
      Array.from({ length: factor.times }).reduce<Polynomial>(
        (each) => each.multiply(factor.polynomial),
        whole,
      ),
    Polynomial.constant(Fraction.one),
  );
  const [highest] = polynomial.terms;
  const [own] = product.terms;
  const content = highest && own ? highest.coefficient.divide(own.coefficient) : Fraction.one;
  return { content, factors };
}

/** The factorisation as one writes it, simplest factors first. */
export function factorisationExpression({ content, factors }: Factorisation): Expression {
  const written = factors.map(({ polynomial, times }): Expression =>
    times === 1 ? polynomial.toExpression() : ['Power', polynomial.toExpression(), times],
  );
  const sign = content.sign < 0;
  const size = content.absolute();
  const all: Expression[] = size.equals(Fraction.one) ? written : [size.toExpression(), ...written];
  const [only = size.toExpression()] = all;
  const product: Expression = all.length <= 1 ? only : ['Multiply', ...all];
  return sign ? ['Negate', product] : product;
}

function polynomialOf(expression: Expression): Polynomial {
  const polynomial = Polynomial.of(expression);
  if (!polynomial) throw new Error('A linear factor is a polynomial');
  return polynomial;
}

/** Whole coefficients proportional to the polynomial's, lowest power first. */
function wholeCoefficients(polynomial: Polynomial, variable: string): bigint[] {
  const coefficients = polynomial.coefficientsIn(variable);
  if (!coefficients) throw new Error(`${variable} is not the only unknown`);
  const multiple = coefficients.reduce((least, each) => {
    const shared = greatestCommonDivisor(least, each.denominator);
    return (least / shared) * each.denominator;
  }, 1n);
  return coefficients.map((each) => (each.numerator * multiple) / each.denominator);
}

function rationalRoot(coefficients: readonly bigint[]): Fraction | undefined {
  if (coefficients.length < 2) return undefined;
  const [lowest = 0n] = coefficients;
  if (lowest === 0n) return Fraction.zero;
  if (coefficients.length === 2) return new Fraction(-lowest, coefficients[1] ?? 1n);
  const tops = divisorsOf(lowest);
  const bottoms = divisorsOf(coefficients.at(-1) ?? 1n);
  if (tops.length * bottoms.length > ROOT_CANDIDATES_MAX) throw new TooLargeError('Too many possible roots');
  for (const bottom of bottoms) {
    for (const top of tops) {
      for (const signed of [top, -top]) {
        if (isRoot(coefficients, signed, bottom)) return new Fraction(signed, bottom);
      }
    }
  }
  return undefined;
}

/** Horner's scheme for the numerator of p(top / bottom). */
function isRoot(coefficients: readonly bigint[], top: bigint, bottom: bigint): boolean {
  let [value, scale] = [0n, 1n];
  for (const coefficient of [...coefficients].reverse()) {
    value = value * top + coefficient * scale;
    scale *= bottom;
  }
  return value === 0n;
}

/** Divides by `bottom x - top` where that is a factor. */
function divideOut(coefficients: readonly bigint[], root: Fraction): bigint[] {
  const quotient: bigint[] = [];
  let carry = 0n;
  for (const coefficient of [...coefficients].reverse().slice(0, -1)) {
    carry = (coefficient + carry * root.numerator) / root.denominator;
    quotient.unshift(carry);
  }
  return quotient;
}

function divisorsOf(value: bigint): bigint[] {
  const size = value < 0n ? -value : value;
  const small: bigint[] = [];
  for (let each = 1n; each * each <= size && each <= DIVISOR_CANDIDATE_MAX; each += 1n) {
    if (size % each === 0n) small.push(each);
  }
  return [...new Set([...small, ...small.map((each) => size / each)])];
}
