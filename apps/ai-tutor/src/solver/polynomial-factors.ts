import type { Expression } from '../expressions/expression.ts';
import { Fraction, greatestCommonDivisor, TooLargeError } from '../expressions/fraction.ts';
import { Polynomial } from '../expressions/polynomial.ts';
import { factorOfRoot } from './quadratic-roots.ts';

const DIVISOR_CANDIDATE_MAX = 100_000n;
const ROOT_CANDIDATES_MAX = 4_000;

/** `content × Π factor^times`, the factors with whole coefficients and no common divisor. */
export interface Factorisation {
  readonly content: Fraction;
  readonly factors: readonly { readonly polynomial: Polynomial; readonly times: number }[];
  /** Whether none of the factors can be split further with rational numbers; false when that is not known. */
  readonly isComplete: boolean;
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
  const remainders = rest.length === 5 ? (splitQuartic(rest) ?? [rest]) : [rest];
  const factors = [...linear];
  for (const coefficients of remainders.filter((each) => each.length > 1)) {
    const remainder = Polynomial.fromCoefficients(
      variable,
      coefficients.map((coefficient) => new Fraction(coefficient)),
    );
    const same = factors.find(({ polynomial: known }) => known.subtract(remainder).isZero);
    if (same) same.times += 1;
    else factors.push({ polynomial: remainder, times: 1 });
  }
  // Without rational roots, degree 2 and 3 cannot be split; degree 4 has been tried where it is monic.
  const isComplete = rest.length <= 4 || (rest.length === 5 && (remainders.length > 1 || rest.at(-1) === 1n));
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
  return { content, factors, isComplete };
}

/** The factorisation as one writes it, simplest factors first. */
export function factorisationExpression({
  content,
  factors,
}: Pick<Factorisation, 'content' | 'factors'>): Expression {
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

/**
 * `x⁴ + ax³ + bx² + cx + d` as two quadratics with whole coefficients, which by Gauss's lemma are all there can be;
 * undefined when there are none, or the quartic does not begin with 1.
 */
function splitQuartic([d = 0n, c = 0n, b = 0n, a = 0n, leading = 0n]: readonly bigint[]):
  bigint[][] | undefined {
  if (leading !== 1n) return undefined;
  for (const q of divisorsOf(d).flatMap((divisor) => [divisor, -divisor])) {
    const s = d / q;
    // p + r = a, q + s + pr = b: p and r are the roots of t² - at + (b - q - s).
    const root = new Fraction(a * a - 4n * (b - q - s)).squareRoot();
    if (!root) continue;
    for (const sign of [1n, -1n]) {
      const doubled = a + sign * root.numerator;
      const [p, r] = [doubled / 2n, a - doubled / 2n];
      if (doubled % 2n === 0n && p * s + q * r === c) {
        return [
          [q, p, 1n],
          [s, r, 1n],
        ];
      }
    }
  }
  return undefined;
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
