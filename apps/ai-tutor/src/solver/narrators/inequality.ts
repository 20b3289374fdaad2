import { canonical } from '../../expressions/canonical.ts';
import {
  isApplication,
  isCall,
  isRelation,
  isSame,
  operand,
  operandsOf,
  substitute,
} from '../../expressions/expression.ts';
import type { Application, Expression } from '../../expressions/expression.ts';
import { Fraction } from '../../expressions/fraction.ts';
import { Polynomial } from '../../expressions/polynomial.ts';
import { printLatex, printText } from '../../expressions/print.ts';
import { intervalRelation, intervalsOf } from '../intervals.ts';
import type { SignChart } from '../intervals.ts';
import { isTrueAt, scanForRoots } from '../numeric.ts';
import { factorisationExpression, factorUnivariate } from '../polynomial-factors.ts';
import { rationalFunctionOf } from '../rational-function.ts';
import type { Outcome } from '../task.ts';
import { DeclinedError } from '../worksheet.ts';
import type { Worksheet } from '../worksheet.ts';
import { equals, polynomialSides, together } from './equation-lines.ts';
import { polynomialRoots } from './polynomial-equation.ts';

const FLIPPED: Readonly<Record<string, string>> = {
  Less: 'Greater',
  LessEqual: 'GreaterEqual',
  Greater: 'Less',
  GreaterEqual: 'LessEqual',
};
const BOUNDARIES_MAX = 8;

/** Solves an inequality, or two joined as in `-3 < 2x + 1 ≤ 7`, by a sign chart of our own over exact boundaries. */
export function solveInequality(sheet: Worksheet, relation: Application, variable: string): Outcome {
  const parts = relation[0] === 'And' ? (operandsOf(relation) as Application[]) : [relation];
  if (!parts.every((part) => isRelation(part))) throw new DeclinedError('unsupported');
  const boundaries = sorted(
    sheet,
    parts.flatMap((part) => boundariesOf(sheet, part, variable)),
  );
  if (boundaries.length > BOUNDARIES_MAX) throw new DeclinedError('unsupported');
  const chart = signChart(sheet, relation, variable, boundaries);
  const holdsAt = membership(sheet, chart);

  sheet.step({ en: 'Start with the inequality.', hi: 'असमिका लिखिए।' }, relation, () =>
    agrees(sheet, relation, variable, holdsAt),
  );
  const sides = parts.length === 1 ? polynomialSides(relation) : undefined;
  const degree = sides ? sides[0].subtract(sides[1]).degree : 0;
  if (sides && degree === 1) linearSteps(sheet, relation, variable, sides, holdsAt);
  else chartSteps(sheet, relation, variable, chart, degree > 1 ? sides : undefined, holdsAt);

  const intervals = intervalsOf(chart);
  const lines = intervals.map((each) => intervalRelation(each, variable));
  const isEverything = lines.some((line) => line === undefined);
  const relations = lines.filter((line) => line !== undefined);
  return sheet.solved({
    text: isEverything
      ? sheet.say({ en: `All real numbers ${variable}`, hi: `सभी वास्तविक संख्याएँ ${variable}` })
      : relations.length === 0
        ? sheet.say({ en: 'No solution', hi: 'कोई हल नहीं' })
        : sheet.alternatives(relations),
    latex: isEverything
      ? `${variable} \\in \\mathbb{R}`
      : relations.length === 0
        ? '\\varnothing'
        : printLatex(together(relations)),
    isVerified: agrees(sheet, relation, variable, holdsAt),
  });
}

/** Where the truth of an inequality can change: zeros of the difference, and places where it has no value. */
function boundariesOf(sheet: Worksheet, relation: Application, variable: string): Expression[] {
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

function sorted(sheet: Worksheet, boundaries: readonly Expression[]): Expression[] {
  const valued = boundaries
    .map((value) => ({ value, at: sheet.check.real(value) }))
    .sort((a, b) => a.at - b.at);
  return valued
    .filter(({ at }, index) => index === 0 || Math.abs(at - (valued[index - 1]?.at ?? NaN)) > 1e-9)
    .map(({ value }) => value);
}

function signChart(
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
function testPoints(sheet: Worksheet, boundaries: readonly Expression[]): Expression[] {
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

function linearSteps(
  sheet: Worksheet,
  relation: Application,
  variable: string,
  [left, right]: readonly [Polynomial, Polynomial],
  holdsAt: (value: number) => boolean,
): void {
  const [operator] = relation;
  const [constant = Fraction.zero, slope = Fraction.one] =
    left.subtract(right).coefficientsIn(variable) ?? [];
  const number = constant.negate().toExpression();
  const show = (en: string, hi: string, line: Application) =>
    sheet.step({ en, hi }, line, () => agrees(sheet, line, variable, holdsAt));
  const collected: Application = [operator, left.toExpression(), right.toExpression()];
  if (!isSame(canonical(collected), canonical(relation)))
    show('Expand and collect like terms.', 'कोष्ठक खोलकर समान पद इकट्ठे कीजिए।', collected);
  const gathered: Application = [operator, Polynomial.variable(variable).scale(slope).toExpression(), number];
  if (!isSame(canonical(gathered), canonical(collected))) {
    show(
      `Move the ${variable} terms to the left and the numbers to the right.`,
      `${variable} वाले पद बाईं ओर और संख्याएँ दाईं ओर ले जाइए।`,
      gathered,
    );
  }
  if (slope.equals(Fraction.one)) return;
  const divisor = printText(slope.toExpression());
  const value = constant.negate().divide(slope).toExpression();
  if (slope.sign < 0) {
    show(
      `Divide by ${divisor}; dividing by a negative number turns the sign round.`,
      `${divisor} से भाग दीजिए; ऋणात्मक संख्या से भाग देने पर चिह्न उलट जाता है।`,
      [FLIPPED[operator] ?? operator, variable, value],
    );
  } else {
    show(`Divide by ${divisor}.`, `${divisor} से भाग दीजिए।`, [operator, variable, value]);
  }
}

function chartSteps(
  sheet: Worksheet,
  relation: Application,
  variable: string,
  chart: SignChart,
  sides: readonly [Polynomial, Polynomial] | undefined,
  holdsAt: (value: number) => boolean,
): void {
  if (sides) {
    const difference = sides[0].subtract(sides[1]);
    const line: Application = [relation[0], difference.toExpression(), 0];
    const show = (en: string, hi: string, shown: Application) =>
      sheet.step({ en, hi }, shown, () => agrees(sheet, shown, variable, holdsAt));
    if (!isSame(line, relation)) show('Bring everything to one side.', 'सब पद एक ओर लाइए।', line);
    const factored = factorisationExpression(factorUnivariate(difference, variable));
    if (!isSame(factored, difference.toExpression()))
      show('Factorise.', 'गुणनखंड कीजिए।', [relation[0], factored, 0]);
  }
  if (chart.boundaries.length > 0) {
    sheet.step(
      { en: 'The sign can only change at these values.', hi: 'चिह्न केवल इन मानों पर बदल सकता है।' },
      together(chart.boundaries.map((value) => equals(variable, value))),
      () => agrees(sheet, relation, variable, holdsAt),
    );
  }
  testPoints(sheet, chart.boundaries).forEach((point, index) => {
    const isIn = chart.pieces[index] === true;
    const shown = isIn ? relation : opposite(relation);
    const at = printText(point);
    if (!shown) return;
    sheet.fact(
      isIn
        ? {
            en: `Test ${variable} = ${at}: true, so this part belongs to the solution.`,
            hi: `${variable} = ${at} रखकर जाँचिए: सत्य, यह भाग हल में है।`,
          }
        : {
            en: `Test ${variable} = ${at}: false, so this part does not belong.`,
            hi: `${variable} = ${at} रखकर जाँचिए: असत्य, यह भाग हल में नहीं है।`,
          },
      valueLine(sheet, shown, variable, point),
    );
  });
}

/** `6 > 0`: the value of the difference at a test point, against zero. */
function valueLine(sheet: Worksheet, relation: Application, variable: string, point: Expression): Expression {
  if (relation[0] === 'And') return substitute(relation, { [variable]: point });
  const [left, right] = [operand(relation, 0), operand(relation, 1)].map((side) =>
    substitute(side, { [variable]: point }),
  );
  const value = (side: Expression = 0) => (isApplication(side) ? sheet.engine.evaluate(side) : side);
  return [relation[0], value(left), value(right)];
}

function opposite(relation: Application): Application | undefined {
  const turned: Readonly<Record<string, string>> = {
    Less: 'GreaterEqual',
    LessEqual: 'Greater',
    Greater: 'LessEqual',
    GreaterEqual: 'Less',
  };
  const operator = turned[relation[0]];
  return operator === undefined || isCall(relation, 'And')
    ? undefined
    : [operator, operand(relation, 0), operand(relation, 1)];
}

/**
 * Do the inequality and the claimed solution say the same? The engine is asked at a few points, and doubles on a
 * fine grid.
 */
function agrees(
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
function membership(sheet: Worksheet, chart: SignChart): (value: number) => boolean {
  const boundaries = chart.boundaries.map((boundary) => sheet.check.real(boundary));
  return (value) => {
    const exact = boundaries.findIndex((boundary) => Math.abs(boundary - value) < 1e-9);
    if (exact >= 0) return chart.points[exact] === true;
    return chart.pieces[boundaries.filter((boundary) => boundary < value).length] === true;
  };
}
