import type { Expression } from './expression.ts';

const DIGITS_MAX = 700;

/** A number grew beyond what a school problem needs. */
export class TooLargeError extends Error {
  override readonly name = 'TooLargeError';
}

/** An exact rational number, always in lowest terms with a positive denominator. */
export class Fraction {
  static readonly zero = new Fraction(0n);
  static readonly one = new Fraction(1n);
  readonly numerator: bigint;
  readonly denominator: bigint;

  constructor(numerator: bigint | number, denominator: bigint | number = 1n) {
    const top = BigInt(numerator);
    const bottom = BigInt(denominator);
    if (bottom === 0n) throw new RangeError('A fraction cannot have the denominator 0');
    const divisor = greatestCommonDivisor(top, bottom) * (bottom < 0n ? -1n : 1n);
    this.numerator = top / divisor;
    this.denominator = bottom / divisor;
    if (this.numerator.toString().length > DIGITS_MAX || this.denominator.toString().length > DIGITS_MAX) {
      throw new TooLargeError('The numbers in this problem are too large');
    }
  }

  /** Reads a decimal such as `-12.50` exactly; undefined when it is not one. */
  static parse(text: string): Fraction | undefined {
    const match = /^(-?)(\d{1,60})(?:\.(\d{1,60}))?$/.exec(text);
    if (!match) return undefined;
    const [, sign = '', whole = '0', decimals = ''] = match;
    return new Fraction(BigInt(`${sign}${whole}${decimals}`), 10n ** BigInt(decimals.length));
  }

  get isZero(): boolean {
    return this.numerator === 0n;
  }

  get isInteger(): boolean {
    return this.denominator === 1n;
  }

  get sign(): -1 | 0 | 1 {
    return this.numerator > 0n ? 1 : this.numerator < 0n ? -1 : 0;
  }

  add(other: Fraction): Fraction {
    return new Fraction(
      this.numerator * other.denominator + other.numerator * this.denominator,
      this.denominator * other.denominator,
    );
  }

  subtract(other: Fraction): Fraction {
    return this.add(other.negate());
  }

  multiply(other: Fraction): Fraction {
    return new Fraction(this.numerator * other.numerator, this.denominator * other.denominator);
  }

  divide(other: Fraction): Fraction {
    return new Fraction(this.numerator * other.denominator, this.denominator * other.numerator);
  }

  negate(): Fraction {
    return new Fraction(-this.numerator, this.denominator);
  }

  absolute(): Fraction {
    return this.sign < 0 ? this.negate() : this;
  }

  /** Raised to a whole power; negative ones invert. */
  power(exponent: number): Fraction {
    if (Math.abs(exponent) > 400) throw new TooLargeError('The power is too large');
    const positive = new Fraction(
      this.numerator ** BigInt(Math.abs(exponent)),
      this.denominator ** BigInt(Math.abs(exponent)),
    );
    return exponent < 0 ? Fraction.one.divide(positive) : positive;
  }

  compare(other: Fraction): number {
    return this.subtract(other).sign;
  }

  equals(other: Fraction): boolean {
    return this.compare(other) === 0;
  }

  toNumber(): number {
    return Number(this.numerator) / Number(this.denominator);
  }

  toExpression(): Expression {
    const top = integerExpression(this.numerator);
    return this.isInteger ? top : ['Rational', top, integerExpression(this.denominator)];
  }

  /** `12`, `12.5` when the decimals end within `places`, otherwise rounded to that many. */
  toDecimal(places = 2): string {
    const scale = 10n ** BigInt(places);
    const doubled = (this.absolute().numerator * scale * 2n) / this.denominator;
    const rounded = (doubled + 1n) / 2n;
    const decimals = (rounded % scale).toString().padStart(places, '0').replace(/0+$/, '');
    const text = `${rounded / scale}${decimals === '' ? '' : `.${decimals}`}`;
    return this.sign < 0 && rounded !== 0n ? `-${text}` : text;
  }

  /** The square root when it is rational. */
  squareRoot(): Fraction | undefined {
    if (this.sign < 0) return undefined;
    const top = wholeSquareRoot(this.numerator);
    const bottom = wholeSquareRoot(this.denominator);
    return top !== undefined && bottom !== undefined ? new Fraction(top, bottom) : undefined;
  }
}

/** Reads a number node exactly; undefined for anything else. */
export function fractionOf(expression: Expression): Fraction | undefined {
  if (typeof expression === 'number')
    return Number.isFinite(expression) ? Fraction.parse(String(expression)) : undefined;
  if (typeof expression === 'object' && 'num' in expression) return Fraction.parse(expression.num);
  if (Array.isArray(expression) && expression[0] === 'Rational') {
    const top = fractionOf(expression[1] as Expression);
    const bottom = fractionOf(expression[2] as Expression);
    return top && bottom && !bottom.isZero ? top.divide(bottom) : undefined;
  }
  return undefined;
}

/** A whole number as an expression, exact at any size. */
export function integerExpression(value: bigint): Expression {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER)
    ? Number(value)
    : { num: value.toString() };
}

/** The largest whole number that divides both; never negative. */
export function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left < 0n ? -left : left, right < 0n ? -right : right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function wholeSquareRoot(value: bigint): bigint | undefined {
  const root = floorSquareRoot(value);
  return root * root === value ? root : undefined;
}

/** The largest whole number whose square is not above the value (Newton's method). */
export function floorSquareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}
