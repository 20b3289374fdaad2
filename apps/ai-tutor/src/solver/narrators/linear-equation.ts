import { canonical } from '../../expressions/canonical.ts';
import { isSame, operand } from '../../expressions/expression.ts';
import type { Application } from '../../expressions/expression.ts';
import { Fraction } from '../../expressions/fraction.ts';
import type { Polynomial } from '../../expressions/polynomial.ts';
import { termExpression } from '../../expressions/polynomial.ts';
import { printText } from '../../expressions/print.ts';
import type { Outcome } from '../task.ts';
import type { Worksheet } from '../worksheet.ts';
import {
  equals,
  equationStep,
  leastCommonDenominator,
  solvedEquation,
  substitutionSteps,
} from './equation-lines.ts';

/** Solves an equation whose two sides are polynomials and whose difference has degree 1. */
export function solveLinear(
  sheet: Worksheet,
  relation: Application,
  variable: string,
  [left, right]: readonly [Polynomial, Polynomial],
): Outcome {
  const difference = left.subtract(right);
  const [constant = Fraction.zero, slope = Fraction.one] = difference.coefficientsIn(variable) ?? [];
  const root = constant.negate().divide(slope).toExpression();
  const show = (en: string, hi: string, line: Application) =>
    equationStep(sheet, { en, hi }, line, variable, [root]);

  show('Start with the equation.', 'समीकरण लिखिए।', relation);
  const multiple = new Fraction(leastCommonDenominator([left, right]));
  if (!multiple.equals(Fraction.one)) {
    const factor = printText(multiple.toExpression());
    const line: Application = [
      'Equal',
      left.scale(multiple).toExpression(),
      right.scale(multiple).toExpression(),
    ];
    show(
      `Multiply both sides by ${factor} to clear the fractions.`,
      `भिन्न हटाने के लिए दोनों पक्षों को ${factor} से गुणा कीजिए।`,
      line,
    );
  } else {
    const line: Application = ['Equal', left.toExpression(), right.toExpression()];
    if (!isSame(canonical(line), canonical(relation)))
      show('Expand and collect like terms.', 'कोष्ठक खोलकर समान पद इकट्ठे कीजिए।', line);
  }
  const scaledSlope = slope.multiply(multiple);
  const scaledConstant = constant.negate().multiply(multiple);
  const gathered: Application = [
    'Equal',
    termExpression({ coefficient: scaledSlope, powers: [[variable, 1]] }),
    scaledConstant.toExpression(),
  ];
  if (!isSame(canonical(gathered), canonical(relation))) {
    show(
      `Move the ${variable} terms to the left and the numbers to the right.`,
      `${variable} वाले पद बाईं ओर और संख्याएँ दाईं ओर ले जाइए।`,
      gathered,
    );
  }
  if (!scaledSlope.equals(Fraction.one)) {
    const divisor = printText(scaledSlope.toExpression());
    show(`Divide both sides by ${divisor}.`, `दोनों पक्षों को ${divisor} से भाग दीजिए।`, equals(variable, root));
  }
  if (!isSame(relation, equals(variable, root))) substitutionSteps(sheet, relation, variable, [root]);
  return solvedEquation(sheet, relation, variable, [root]);
}

/** An equation whose unknown falls away: true always or never. */
export function solveWithoutUnknown(sheet: Worksheet, relation: Application, difference: Fraction): Outcome {
  sheet.step({ en: 'Start with the equation.', hi: 'समीकरण लिखिए।' }, relation, () => true);
  const line: Application = [difference.isZero ? 'Equal' : 'NotEqual', difference.toExpression(), 0];
  sheet.fact(
    {
      en: 'Move everything to the left: the unknown falls away.',
      hi: 'सब कुछ बाईं ओर लाने पर अज्ञात राशि हट जाती है।',
    },
    line,
  );
  const isIdentity = sheet.check.isIdentity(relation);
  const shifted: Application = [
    'Equal',
    operand(relation, 0),
    ['Add', operand(relation, 1), difference.toExpression()],
  ];
  return sheet.solved({
    text: sheet.say(
      difference.isZero
        ? { en: 'True for every value: infinitely many solutions', hi: 'हर मान के लिए सत्य: अनंत हल' }
        : { en: 'No solution', hi: 'कोई हल नहीं' },
    ),
    latex: difference.isZero ? '\\mathbb{R}' : '\\varnothing',
    isVerified: difference.isZero ? isIdentity : !isIdentity && sheet.check.isIdentity(shifted),
  });
}
