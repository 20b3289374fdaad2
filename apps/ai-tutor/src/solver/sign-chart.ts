import { operand } from '../expressions/expression.ts';
import type { Application, Expression } from '../expressions/expression.ts';
import { Fraction } from '../expressions/fraction.ts';
import type { SignChart } from './intervals.ts';
import { polynomialRoots } from './narrators/polynomial-equation.ts';
import { isTrueAt, scanForRoots } from './numeric.ts';
import { rationalFunctionOf } from './rational-function.ts';
import { DeclinedError } from './worksheet.ts';
import type { Worksheet } from './worksheet.ts';

/** Where the truth of an inequality can change: zeros of the difference, and places where it has no value. */
export function boundariesOf(sheet: Worksheet, relation: Application, variable: string): Expression[] {
  const difference: Expression = ['Subtract', operand(relation, 0), operand(relation, 1)];
  const fraction = rationalFunctionOf(difference);
  if (fraction) {
    const zeros = [fraction.top, fraction.bottom].map((polynomial) =>
      polynomial.constantValue ? { real: [] } : polynomialRoots(polynomial, variable),
    );
    if (zeros.every((each) => each !== undefined)) return zeros.flatMap(({ real }) => real);
  }
  const roots = sheet.engine.roots(['Equal', operand(relation, 0), operand(relation, 1)], variable);
  const known = roots.map((root) => sheet.check.real(root));
  const isComplete = scanForRoots(difference, variable).every((value) =>
    known.some((root) => Math.abs(root - value) < 1e-5 * Math.max(1, Math.abs(root))),
  );
  if (!isComplete) throw new DeclinedError('unverified');
  return roots.filter((_, index) => Number.isFinite(known[index]));
}

/** Smallest first, each once. */
export function sorted(sheet: Worksheet, boundaries: readonly Expression[]): Expression[] {
  const valued = boundaries
    .map((value) => ({ value, at: sheet.check.real(value) }))
    .sort((a, b) => a.at - b.at);
  return valued
    .filter(({ at }, index) => index === 0 || Math.abs(at - (valued[index - 1]?.at ?? NaN)) > 1e-9)
    .map(({ value }) => value);
}

/** Asks the engine on which pieces of the line, and at which boundaries, the inequality is true. */
export function signChart(
  sheet: Worksheet,
  relation: Application,
  variable: string,
  boundaries: readonly Expression[],
): SignChart {
  const holdsAt = (value: Expression) => sheet.check.isTrue(relation, { [variable]: value });
  return {
    boundaries,
    pieces: testPoints(sheet, boundaries).map(holdsAt),
    points: boundaries.map(holdsAt),
  };
}

/** A simple number inside each piece of the line. */
export function testPoints(sheet: Worksheet, boundaries: readonly Expression[]): Expression[] {
  const values = boundaries.map((boundary) => sheet.check.real(boundary));
  const first = values[0];
  const last = values.at(-1);
  if (first === undefined || last === undefined) return [0];
  const between = values.slice(1).map((value, index) => simplestBetween(values[index] ?? value - 1, value));
  return [Math.ceil(first) - 1, ...between, Math.floor(last) + 1];
}

function simplestBetween(low: number, high: number): Expression {
  if (low < 0 && high > 0) return 0;
  for (let bottom = 1; bottom <= 1000; bottom += 1) {
    const top = Math.floor(low * bottom) + 1;
    if (top / bottom > low && top / bottom < high) return new Fraction(top, bottom).toExpression();
  }
  throw new DeclinedError('unsupported');
}

/**
 * Do the inequality and the claimed solution say the same? The engine is asked at a few points, and doubles on a
 * fine grid.
 */
export function agrees(
  sheet: Worksheet,
  relation: Expression,
  variable: string,
  holdsAt: (value: number) => boolean,
): boolean {
  const engineAgrees = [-1000, -7.31, -1, 0, 0.59, 1, 2, 4.77, 1000].every(
    (value) => sheet.check.isTrue(relation, { [variable]: value }) === holdsAt(value),
  );
  const grid = Array.from({ length: 801 }, (_, index) => (index - 400) * 0.2503);
  return engineAgrees && grid.every((value) => isTrueAt(relation, { [variable]: value }) === holdsAt(value));
}

/** Says of any number whether the chart counts it in. */
export function membership(sheet: Worksheet, chart: SignChart): (value: number) => boolean {
  const boundaries = chart.boundaries.map((boundary) => sheet.check.real(boundary));
  return (value) => {
    const exact = boundaries.findIndex((boundary) => Math.abs(boundary - value) < 1e-9);
    if (exact >= 0) return chart.points[exact] === true;
    return chart.pieces[boundaries.filter((boundary) => boundary < value).length] === true;
  };
}
