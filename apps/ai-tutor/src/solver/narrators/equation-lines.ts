import { operand, substitute, variablesOf } from '../../expressions/expression.ts';
import type { Application, Expression } from '../../expressions/expression.ts';
import { Fraction } from '../../expressions/fraction.ts';
import { Polynomial } from '../../expressions/polynomial.ts';
import { printLatex, printText } from '../../expressions/print.ts';
import type { Bilingual } from '../task.ts';
import type { Worksheet } from '../worksheet.ts';

/** `x = value`. */
export function equals(variable: string, value: Expression): Application {
  return ['Equal', variable, value];
}

/** One or several equations on one line. */
export function together(lines: readonly Expression[]): Expression {
  const [only = 'Nothing'] = lines;
  return lines.length === 1 ? only : ['And', ...lines];
}

/** Writes an equation under the check that it has exactly the roots of the answer. */
export function equationStep(
  sheet: Worksheet,
  text: Bilingual,
  equation: Application,
  variable: string,
  roots: readonly Expression[],
): void {
  sheet.step(text, equation, () => sheet.check.hasRoots(equation, variable, roots));
}

/** Real numbers, smallest first. */
export function ascending(sheet: Worksheet, values: readonly Expression[]): Expression[] {
  return values
    .map((value) => ({ value, at: sheet.check.real(value) }))
    .sort((left, right) => left.at - right.at)
    .map(({ value }) => value);
}

/** Puts each root back into the equation of the question and shows both sides. */
export function substitutionSteps(
  sheet: Worksheet,
  relation: Application,
  variable: string,
  roots: readonly Expression[],
): void {
  for (const root of roots) {
    const line = substitute(relation, { [variable]: root });
    const text = printText(root);
    sheet.fact(
      { en: `Check ${variable} = ${text} in the question.`, hi: `जाँच: प्रश्न में ${variable} = ${text} रखिए।` },
      line,
    );
  }
}

/** The end of a worksheet about one equation: verified when each root satisfies the question. */
export function solvedEquation(
  sheet: Worksheet,
  relation: Application,
  variable: string,
  roots: readonly Expression[],
  note?: Bilingual,
) {
  const lines = roots.map((root) => equals(variable, root));
  return sheet.solved({
    text: `${sheet.alternatives(lines)}${note ? ` (${sheet.say(note)})` : ''}`,
    latex: printLatex(together(lines)),
    isVerified: roots.length > 0 && roots.every((root) => sheet.check.isTrue(relation, { [variable]: root })),
  });
}

/** The polynomial times the least number that makes all coefficients whole. */
export function withWholeCoefficients(polynomial: Polynomial): { polynomial: Polynomial; factor: Fraction } {
  const factor = new Fraction(leastCommonDenominator([polynomial]));
  return { polynomial: polynomial.scale(factor), factor };
}

/** The least number that every denominator divides. */
export function leastCommonDenominator(polynomials: readonly Polynomial[]): bigint {
  return polynomials
    .flatMap((polynomial) => polynomial.terms)
    .reduce((multiple, { coefficient }) => {
      const scaled = new Fraction(multiple, coefficient.denominator);
      return multiple * scaled.denominator;
    }, 1n);
}

/** The two sides of a relation as polynomials, when they are. */
export function polynomialSides(relation: Application): readonly [Polynomial, Polynomial] | undefined {
  const left = Polynomial.of(operand(relation, 0));
  const right = Polynomial.of(operand(relation, 1));
  return left && right && [left, right];
}

/** The only unknown of a relation, or undefined when there are none or several. */
export function onlyVariable(relation: Expression): string | undefined {
  const variables = variablesOf(relation);
  return variables.length === 1 ? variables[0] : undefined;
}
