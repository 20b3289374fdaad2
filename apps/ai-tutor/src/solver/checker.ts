import { isApplication, isCall, operandsOf, substitute, variablesOf } from '../expressions/expression.ts';
import type { Application, Expression } from '../expressions/expression.ts';
import type { Complex, Engine, Point } from './engine.ts';

const TOLERANCE = 1e-9;
/** Points with nothing special about them, so that two different expressions do not agree there by chance. */
const SAMPLES = [0.7316, 1.8353, 2.6121, -0.4187, -1.3779, 3.9241, 7.1573, -5.2897, 0.1931, -2.7633];
const SAMPLES_COMPARED_LEAST = 3;

/** Asks the engine whether a line of mathematics is true. Every printed line passes through here. */
export class Checker {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** A relation, or several, without unknowns (or with all of them given). */
  isTrue(relation: Expression, point: Point = {}): boolean {
    if (!isApplication(relation)) return false;
    if (relation[0] === 'And') return operandsOf(relation).every((part) => this.isTrue(part, point));
    const values = operandsOf(relation).map((side) => this.#engine.value(side, point));
    return values.length > 1 &&
      values.every((value, index) => index === 0 || holds(relation[0], values[index - 1], value))
      ? true
      : relation[0] === 'Equal' && this.#isExactlyTrue(relation, point);
  }

  /** An equation, or a chain of them, true for every value of its unknowns where all sides have one. */
  isIdentity(chain: Application): boolean {
    const variables = variablesOf(chain);
    if (variables.length === 0) return this.isTrue(chain);
    const sides = operandsOf(chain).map((side) => this.#withoutDerivatives(side));
    let compared = 0;
    for (const [index] of SAMPLES.entries()) {
      const point = samplePoint(variables, index);
      const values = sides.map((side) => this.#engine.value(side, point));
      if (!values.every(isFinite)) continue;
      if (!values.every((value) => isClose(values[0], value))) return false;
      compared += 1;
    }
    return compared >= SAMPLES_COMPARED_LEAST;
  }

  /** Does each root satisfy the equation, while numbers that are no root do not? */
  hasRoots(equation: Expression, variable: string, roots: readonly Expression[]): boolean {
    if (!roots.every((root) => this.isTrue(equation, { [variable]: root }))) return false;
    const values = roots.map((root) => this.#engine.value(root));
    const strangers = SAMPLES.slice(0, 4).filter(
      (sample) => !values.some((value) => isClose(value, { re: sample, im: 0 })),
    );
    return strangers.every((sample) => !this.isTrue(equation, { [variable]: sample as never }));
  }

  /** The real value; NaN when there is none or it is not real. */
  real(expression: Expression, point: Point = {}): number {
    const { re, im } = this.#engine.value(expression, point);
    return Math.abs(im) <= TOLERANCE * Math.max(1, Math.abs(re)) ? re : NaN;
  }

  /** A derivative is worked out before a number takes the place of its unknown. */
  #withoutDerivatives(side: Expression): Expression {
    return isCall(side, 'D') ? this.#engine.evaluate(side) : side;
  }

  /** Numbers far too large for doubles are compared exactly. */
  #isExactlyTrue(relation: Application, point: Point): boolean {
    const [first = 0, ...others] = operandsOf(relation).map((side) => substitute(side, point));
    return others.every((side) => this.#engine.isExactlyZero(['Subtract', first, side], {}));
  }
}

function samplePoint(variables: readonly string[], index: number): Point {
  return Object.fromEntries(
    variables.map((variable, shift) => [variable, SAMPLES[(index + shift * 3) % SAMPLES.length] ?? 1]),
  );
}

function isFinite(value: Complex): boolean {
  return Number.isFinite(value.re) && Number.isFinite(value.im);
}

function isClose(left: Complex | undefined, right: Complex | undefined): boolean {
  if (!left || !right) return false;
  const scale = Math.max(1, Math.abs(left.re), Math.abs(left.im), Math.abs(right.re), Math.abs(right.im));
  return (
    Math.abs(left.re - right.re) <= TOLERANCE * scale && Math.abs(left.im - right.im) <= TOLERANCE * scale
  );
}

function holds(operator: string, left: Complex | undefined, right: Complex): boolean {
  if (!left || !isFinite(left) || !isFinite(right)) return false;
  if (operator === 'Equal') return isClose(left, right);
  if (operator === 'NotEqual') return !isClose(left, right);
  if (Math.abs(left.im) > TOLERANCE || Math.abs(right.im) > TOLERANCE) return false;
  if (isClose(left, right)) return operator === 'LessEqual' || operator === 'GreaterEqual';
  return operator.startsWith('Less') ? left.re < right.re : left.re > right.re;
}
