import { ComputeEngine } from '@cortex-js/compute-engine';
import { canonical } from '../expressions/canonical.ts';
import { isApplication, operandsOf, sizeOf } from '../expressions/expression.ts';
import type { Application, Expression } from '../expressions/expression.ts';
import { fractionOf } from '../expressions/fraction.ts';
import { Polynomial, termExpression } from '../expressions/polynomial.ts';
import { UnprintableError } from '../expressions/print.ts';

/** A value the engine computed; the imaginary part is 0 for a real one. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** What an answer may name besides unknowns: not infinity, for one. */
const PRINTABLE_CONSTANTS = new Set(['Pi', 'ExponentialE', 'ImaginaryUnit']);

export type Point = Readonly<Record<string, Expression>>;

const UNKNOWNS = [...Array.from('abcdfghjklmnopqrstuvwxyz'), 'theta', 'alpha', 'beta', 'lambda'];

/** The computer algebra system, speaking the tutor's expressions. Synchronous and slow: only for worker threads. */
export class Engine {
  readonly #engine = new ComputeEngine();

  constructor() {
    for (const name of UNKNOWNS) this.#engine.declare(name, 'number');
  }

  /** Runs work that is cancelled by an exception when it computes for too long. */
  within<T>(limitMs: number, work: () => T): T {
    return this.#engine.withTimeLimit({ ms: limitMs, label: 'tutor' }, work as () => never);
  }

  evaluate(expression: Expression): Expression {
    return this.#read(this.#engine.expr(expression).evaluate());
  }

  simplify(expression: Expression): Expression {
    return this.#read(this.#engine.expr(expression).simplify());
  }

  factor(expression: Expression): Expression {
    return this.evaluate(['Factor', expression]);
  }

  differentiate(expression: Expression, variable: string): Expression {
    const derivative = this.evaluate(['D', expression, variable]);
    const simpler = this.simplify(derivative);
    return sizeOf(simpler) <= sizeOf(derivative) ? simpler : derivative;
  }

  integrate(expression: Expression, variable: string): Expression {
    return this.evaluate(['Integrate', expression, variable]);
  }

  /** The roots the engine knows; may be too few, so nothing follows from an empty list. */
  roots(equation: Application, variable: string): Expression[] {
    const [operator, left = 0, right = 0] = equation;
    const found = this.#roots(equation, variable);
    // It solves `|y| = 7` but not `7 = |y|`.
    return found.length > 0 ? found : this.#roots([operator, right, left] as Application, variable);
  }

  #roots(equation: Application, variable: string): Expression[] {
    const found = this.#engine.expr(equation).solve(variable);
    return Array.isArray(found) ? (found as { json: unknown }[]).flatMap((root) => this.#readable(root)) : [];
  }

  /** The value at a point; NaN where there is none. */
  value(expression: Expression, point: Point = {}): Complex {
    const at = Object.fromEntries(
      Object.entries(point).map(([name, value]) => [name, this.#engine.expr(value as never)]),
    );
    const { re, im } = this.#engine.expr(expression).subs(at).N();
    return { re, im };
  }

  /** Is the expression exactly zero at this point, by exact arithmetic? False also when that cannot be told. */
  isExactlyZero(expression: Expression, point: Point): boolean {
    const at = Object.fromEntries(
      Object.entries(point).map(([name, value]) => [name, this.#engine.expr(value as never)]),
    );
    return this.#engine.expr(expression).subs(at).simplify().is(0);
  }

  /** A root at infinity, or one that has only digits, is none to print. */
  #readable(boxed: { json: unknown }): Expression[] {
    try {
      return [this.#read(boxed)];
    } catch (error) {
      if (error instanceof UnprintableError) return [];
      throw error;
    }
  }

  #read(boxed: { json: unknown }): Expression {
    return tidy(fromMathJson(boxed.json));
  }
}

/** Takes over what the tutor can print; throws UnprintableError for everything else the engine may answer. */
function fromMathJson(json: unknown): Expression {
  if (typeof json === 'string') {
    if (/^[A-Z]/.test(json) && !PRINTABLE_CONSTANTS.has(json))
      throw new UnprintableError(`The value ${json}`);
    return json;
  }
  if (typeof json === 'number') {
    if (!Number.isSafeInteger(json)) throw new UnprintableError(`The approximation ${json}`);
    return json;
  }
  if (Array.isArray(json) && typeof json[0] === 'string') {
    const [operator, ...operands] = json as [string, ...unknown[]];
    if (operator === 'Complex') return complexExpression(operands.map(fromMathJson));
    return [operator, ...operands.map(fromMathJson)];
  }
  if (typeof json === 'object' && json !== null && 'num' in json && /^-?\d{1,400}$/.test(String(json.num))) {
    return { num: String(json.num) };
  }
  throw new UnprintableError('An answer of the engine');
}

function complexExpression([re = 0, im = 0]: Expression[]): Expression {
  const imaginary: Expression = im === 1 ? 'ImaginaryUnit' : ['Multiply', im, 'ImaginaryUnit'];
  return re === 0 ? imaginary : ['Add', re, imaginary];
}

/** As one writes it: polynomials by falling power, a fraction as a fraction, a minus in front. */
export function tidy(expression: Expression): Expression {
  if (!isApplication(expression)) return expression;
  const operands = operandsOf(expression).map(tidy);
  const [first = 0] = operands;
  if (expression[0] === 'Multiply') return tidyProduct(operands);
  if (expression[0] === 'Power' && typeof operands[1] === 'number' && operands[1] < 0) {
    return ['Divide', 1, operands[1] === -1 ? first : ['Power', first, -operands[1]]];
  }
  if (expression[0] === 'Divide' && isApplication(first) && first[0] === 'Negate') {
    return ['Negate', tidy(['Divide', operandsOf(first)[0] ?? 0, operands[1] ?? 1])];
  }
  if (expression[0] === 'Negate' && isApplication(first) && first[0] === 'Negate')
    return operandsOf(first)[0] ?? 0;
  return canonical([expression[0], ...operands]);
}

function tidyProduct(operands: readonly Expression[]): Expression {
  const [first = 1, ...rest] = operands;
  const coefficient = fractionOf(first);
  const whole = rest.length === 1 ? (rest[0] ?? 1) : canonical(['Multiply', ...rest]);
  if (!coefficient || rest.length === 0) return canonical(['Multiply', ...operands]);
  if (isApplication(whole) && whole[0] === 'Divide' && coefficient.isInteger) {
    const [top = 1, bottom = 1] = operandsOf(whole);
    const scaled = tidyProduct([coefficient.absolute().toExpression(), top]);
    const fraction: Expression = [
      'Divide',
      top === 1 ? coefficient.absolute().toExpression() : scaled,
      bottom,
    ];
    return coefficient.sign < 0 ? ['Negate', fraction] : fraction;
  }
  const marker = termExpression({ coefficient, powers: [['factor', 1]] });
  return replaceMarker(marker, whole);
}

/** Puts the factor in the place that `termExpression` gave a single unknown. */
function replaceMarker(shape: Expression, factor: Expression): Expression {
  if (shape === 'factor') return factor;
  if (!isApplication(shape)) return shape;
  const operands = operandsOf(shape).map((child) => replaceMarker(child, factor));
  if (shape[0] !== 'Multiply') return [shape[0], ...operands];
  return [
    'Multiply',
    ...operands.flatMap((child) =>
      isApplication(child) && child[0] === 'Multiply' ? operandsOf(child) : [child],
    ),
  ];
}

/** Multiplied out when it is a polynomial and not longer for it, as it is otherwise. */
export function collected(expression: Expression): Expression {
  const multiplied = Polynomial.of(expression)?.toExpression();
  return multiplied !== undefined && sizeOf(multiplied) <= sizeOf(expression) ? multiplied : expression;
}
