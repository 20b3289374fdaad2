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
import { factorisationExpression, factorUnivariate } from '../polynomial-factors.ts';
import { agrees, boundariesOf, membership, signChart, sorted, testPoints } from '../sign-chart.ts';
import type { Outcome } from '../task.ts';
import { DeclinedError } from '../worksheet.ts';
import type { Worksheet } from '../worksheet.ts';
import { equals, polynomialSides, together } from './equation-lines.ts';

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
