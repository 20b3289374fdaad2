import { isApplication, operand, operandsOf } from './expression.ts';
import type { Expression } from './expression.ts';
import { Fraction, fractionOf, integerExpression, TooLargeError } from './fraction.ts';

const DEGREE_MAX = 24;
const TERMS_MAX = 200;

/** One term: a coefficient times powers of unknowns, `powers` in alphabetical order of the unknowns. */
export interface Term {
  readonly coefficient: Fraction;
  readonly powers: readonly (readonly [variable: string, power: number])[];
}

/** A polynomial with exact rational coefficients in any number of unknowns. */
export class Polynomial {
  readonly #terms: ReadonlyMap<string, Term>;

  private constructor(terms: Iterable<Term>) {
    const merged = new Map<string, Term>();
    for (const term of terms) {
      const key = term.powers.map(([variable, power]) => `${variable}^${power}`).join('*');
      const coefficient = (merged.get(key)?.coefficient ?? Fraction.zero).add(term.coefficient);
      if (coefficient.isZero) merged.delete(key);
      else merged.set(key, { coefficient, powers: term.powers });
      if (merged.size > TERMS_MAX) throw new TooLargeError('The polynomial has too many terms');
    }
    this.#terms = merged;
  }

  static constant(value: Fraction): Polynomial {
    return new Polynomial([{ coefficient: value, powers: [] }]);
  }

  static variable(name: string): Polynomial {
    return new Polynomial([{ coefficient: Fraction.one, powers: [[name, 1]] }]);
  }

  /** From the coefficients of 1, x, x², … of one unknown. */
  static fromCoefficients(variable: string, coefficients: readonly Fraction[]): Polynomial {
    return new Polynomial(
      coefficients.map((coefficient, power) => ({
        coefficient,
        powers: power === 0 ? [] : [[variable, power] as const],
      })),
    );
  }

  /** Multiplied out and collected; undefined when the expression is no polynomial. */
  static of(expression: Expression): Polynomial | undefined {
    const number = fractionOf(expression);
    if (number) return Polynomial.constant(number);
    if (typeof expression === 'string') {
      return /^[A-Z]/.test(expression) ? undefined : Polynomial.variable(expression);
    }
    return isApplication(expression)
      ? Polynomial.#ofApplication(expression[0], operandsOf(expression))
      : undefined;
  }

  static #ofApplication(operator: string, operands: readonly Expression[]): Polynomial | undefined {
    const parts = operands.map((child) => Polynomial.of(child));
    if (!parts.every((part) => part !== undefined)) return undefined;
    const [first = Polynomial.constant(Fraction.zero), second] = parts;
    switch (operator) {
      case 'Add':
        return parts.reduce((sum, part) => sum.add(part));
      case 'Multiply':
        return parts.reduce((product, part) => product.multiply(part));
      case 'Negate':
        return first.scale(Fraction.one.negate());
      case 'Subtract':
        return second && first.add(second.scale(Fraction.one.negate()));
      case 'Divide': {
        const divisor = second?.constantValue;
        return divisor && !divisor.isZero ? first.scale(Fraction.one.divide(divisor)) : undefined;
      }
      case 'Power':
        return first.#raise(second?.constantValue);
      default:
        return undefined;
    }
  }

  get terms(): Term[] {
    return [...this.#terms.values()].sort(compareTerms);
  }

  get variables(): string[] {
    return [...new Set(this.terms.flatMap((term) => term.powers.map(([variable]) => variable)))].sort();
  }

  get isZero(): boolean {
    return this.#terms.size === 0;
  }

  /** The value when no unknown is left. */
  get constantValue(): Fraction | undefined {
    if (this.isZero) return Fraction.zero;
    const [term, ...others] = this.#terms.values();
    return term && others.length === 0 && term.powers.length === 0 ? term.coefficient : undefined;
  }

  /** The highest total power. */
  get degree(): number {
    return Math.max(0, ...this.terms.map(degreeOf));
  }

  add(other: Polynomial): Polynomial {
    return new Polynomial([...this.#terms.values(), ...other.#terms.values()]);
  }

  subtract(other: Polynomial): Polynomial {
    return this.add(other.scale(Fraction.one.negate()));
  }

  scale(factor: Fraction): Polynomial {
    return new Polynomial(
      [...this.#terms.values()].map((term) => ({ ...term, coefficient: term.coefficient.multiply(factor) })),
    );
  }

  multiply(other: Polynomial): Polynomial {
    if (this.#terms.size * other.#terms.size > TERMS_MAX * 20)
      throw new TooLargeError('The product has too many terms');
    return new Polynomial(
      [...this.#terms.values()].flatMap((left) =>
        [...other.#terms.values()].map((right) => product(left, right)),
      ),
    );
  }

  /** The coefficients of 1, x, x², … when `variable` is the only unknown; undefined otherwise. */
  coefficientsIn(variable: string): Fraction[] | undefined {
    const coefficients = Array.from({ length: this.degree + 1 }, () => Fraction.zero);
    for (const { coefficient, powers } of this.#terms.values()) {
      const [first] = powers;
      if (powers.length > 1 || (first && first[0] !== variable)) return undefined;
      coefficients[first?.[1] ?? 0] = coefficient;
    }
    return coefficients;
  }

  /** Highest power first, as one writes it. */
  toExpression(): Expression {
    const terms = this.terms.map(termExpression);
    const [first = 0] = terms;
    return terms.length <= 1 ? first : ['Add', ...terms];
  }

  #raise(exponent: Fraction | undefined): Polynomial | undefined {
    if (!exponent?.isInteger || exponent.sign < 0) return undefined;
    const times = Number(exponent.numerator);
    if (this.constantValue) return Polynomial.constant(this.constantValue.power(times));
    if (times * Math.max(1, this.degree) > DEGREE_MAX) throw new TooLargeError('The power is too large');
    return Array.from({ length: times }).reduce<Polynomial>(
      (power) => power.multiply(this),
      Polynomial.constant(Fraction.one),
    );
  }
}

/** A term as an expression: `-3x^2y`, `2x/3`. */
export function termExpression({ coefficient, powers }: Term): Expression {
  const factors = powers.map(([variable, power]): Expression =>
    power === 1 ? variable : ['Power', variable, power],
  );
  if (factors.length === 0) return coefficient.toExpression();
  const size = coefficient.absolute();
  const top: Expression[] = size.numerator === 1n ? factors : [integerExpression(size.numerator), ...factors];
  const [only = 1] = top;
  const whole: Expression = top.length === 1 ? only : ['Multiply', ...top];
  const positive: Expression = size.isInteger
    ? whole
    : ['Divide', whole, integerExpression(size.denominator)];
  return coefficient.sign < 0 ? ['Negate', positive] : positive;
}

/** The polynomial `left - right` of an equation or inequality; undefined when a side is no polynomial. */
export function differencePolynomial(relation: readonly [string, ...Expression[]]): Polynomial | undefined {
  const left = Polynomial.of(operand(relation, 0));
  const right = Polynomial.of(operand(relation, 1));
  return left && right && left.subtract(right);
}

function degreeOf(term: Term): number {
  return term.powers.reduce((sum, [, power]) => sum + power, 0);
}

function compareTerms(left: Term, right: Term): number {
  const byDegree = degreeOf(right) - degreeOf(left);
  if (byDegree !== 0) return byDegree;
  const spelled = (term: Term) => term.powers.map(([variable, power]) => variable.repeat(power)).join('');
  return spelled(left) < spelled(right) ? -1 : 1;
}

function product(left: Term, right: Term): Term {
  const powers = new Map(left.powers);
  for (const [variable, power] of right.powers) powers.set(variable, (powers.get(variable) ?? 0) + power);
  return {
    coefficient: left.coefficient.multiply(right.coefficient),
    powers: [...powers].sort(([a], [b]) => (a < b ? -1 : 1)),
  };
}
