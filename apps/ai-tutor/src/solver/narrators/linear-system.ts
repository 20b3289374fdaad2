import { operand } from '../../expressions/expression.ts';
import type { Application, Expression } from '../../expressions/expression.ts';
import { Fraction } from '../../expressions/fraction.ts';
import { differencePolynomial, Polynomial } from '../../expressions/polynomial.ts';
import { printLatex, printText } from '../../expressions/print.ts';
import type { Outcome } from '../task.ts';
import { DeclinedError } from '../worksheet.ts';
import type { Worksheet } from '../worksheet.ts';
import { equals, leastCommonDenominator, together } from './equation-lines.ts';

/** `polynomial = 0`, with the number the student sees beside it. */
interface Row {
  readonly number: number;
  readonly polynomial: Polynomial;
}

/** Solves two or three linear equations by elimination and back-substitution. */
export function solveSystem(sheet: Worksheet, relations: readonly Application[]): Outcome {
  const polynomials = relations.map((relation) => differencePolynomial(relation));
  if (!polynomials.every((each) => each !== undefined && each.degree === 1))
    throw new DeclinedError('unsupported');
  const rows = (polynomials as Polynomial[]).map((polynomial, index) => ({
    number: index + 1,
    polynomial: whole(polynomial),
  }));
  const variables = [...new Set(rows.flatMap(({ polynomial }) => polynomial.variables))].sort();
  if (variables.length !== relations.length) throw new DeclinedError('unsupported');

  const drafts: { en: string; hi: string; line: Application }[] = rows.map((row) => ({
    en: `Equation (${row.number}).`,
    hi: `समीकरण (${row.number})।`,
    line: equationOf(row.polynomial),
  }));
  const pivots: Row[] = [];
  let open: Row[] = rows;
  let next = rows.length + 1;
  for (const variable of variables) {
    const pivot = open.find(({ polynomial }) => !coefficient(polynomial, variable).isZero);
    if (!pivot) continue;
    pivots.push(pivot);
    open = open
      .filter((row) => row !== pivot)
      .map((row) => {
        const own = coefficient(row.polynomial, variable);
        if (own.isZero) return row;
        const { polynomial, text } = eliminate(row, pivot, variable);
        const made = { number: next, polynomial };
        next += 1;
        drafts.push({
          en: `Eliminate ${variable}: ${text}. Call it (${made.number}).`,
          hi: `${variable} का विलोपन कीजिए: ${text}। इसे (${made.number}) कहिए।`,
          line: equationOf(polynomial),
        });
        return made;
      });
  }
  if (pivots.length < variables.length) return degenerate(sheet, relations, drafts, open);
  const values = backSubstitute(pivots, variables);
  const point = Object.fromEntries([...values].map(([variable, value]) => [variable, value.toExpression()]));
  for (const { en, hi, line } of drafts) sheet.fact({ en, hi }, line, point);
  for (const [variable, value] of values) {
    const line = equals(variable, value.toExpression());
    sheet.fact(
      { en: `Find ${variable} by back-substitution.`, hi: `प्रतिस्थापन से ${variable} ज्ञात कीजिए।` },
      line,
      point,
    );
  }
  const answers = variables.map((variable) => equals(variable, point[variable] ?? 0));
  return sheet.solved({
    text: answers.map(printText).join(', '),
    latex: printLatex(together(answers)),
    isVerified: relations.every((relation) => sheet.check.isTrue(relation, point)),
  });
}

/** Fewer independent equations than unknowns: none or infinitely many solutions. */
function degenerate(
  sheet: Worksheet,
  relations: readonly Application[],
  drafts: readonly { en: string; hi: string; line: Application }[],
  open: readonly Row[],
): Outcome {
  const contradiction = open.find(({ polynomial }) => polynomial.constantValue?.isZero === false);
  relations.forEach((_, index) => {
    const draft = drafts[index];
    const relation = relations[index];
    // The same equation in standard form: the two differences are proportional.
    if (draft && relation) sheet.step(draft, draft.line, () => isProportional(sheet, relation, draft.line));
  });
  const value = contradiction?.polynomial.constantValue?.toExpression() ?? 0;
  sheet.fact(
    contradiction
      ? {
          en: 'Eliminating the unknowns would need this to be zero: a contradiction.',
          hi: 'विलोपन करने पर इसे शून्य होना चाहिए: विरोधाभास।',
        }
      : {
          en: 'Eliminating the unknowns leaves nothing: the equations depend on each other.',
          hi: 'विलोपन करने पर कुछ नहीं बचता: समीकरण परस्पर आश्रित हैं।',
        },
    [contradiction ? 'NotEqual' : 'Equal', value, 0],
  );
  return sheet.solved({
    text: sheet.say(
      contradiction
        ? { en: 'No solution', hi: 'कोई हल नहीं' }
        : { en: 'Infinitely many solutions', hi: 'अनंत हल' },
    ),
    latex: contradiction ? '\\varnothing' : '\\infty',
    isVerified: relations.every((relation, index) =>
      isProportional(sheet, relation, drafts[index]?.line ?? relation),
    ),
  });
}

function isProportional(sheet: Worksheet, relation: Application, line: Application): boolean {
  const [own, other] = [differencePolynomial(relation), differencePolynomial(line)];
  const [ownFirst] = own?.terms ?? [];
  const [otherFirst] = other?.terms ?? [];
  if (!ownFirst || !otherFirst) return false;
  const ratio = ownFirst.coefficient.divide(otherFirst.coefficient).toExpression();
  const scaled: Expression = ['Multiply', ratio, ['Subtract', operand(line, 0), operand(line, 1)]];
  return sheet.check.isIdentity(['Equal', ['Subtract', operand(relation, 0), operand(relation, 1)], scaled]);
}

function eliminate(row: Row, pivot: Row, variable: string): { polynomial: Polynomial; text: string } {
  const ratio = coefficient(row.polynomial, variable).divide(coefficient(pivot.polynomial, variable));
  // (row) × denominator - (pivot) × numerator keeps whole coefficients.
  const [times, by] = [new Fraction(ratio.denominator), new Fraction(ratio.numerator)];
  const polynomial = row.polynomial.scale(times).subtract(pivot.polynomial.scale(by));
  const multiple = (factor: Fraction, number: number) =>
    factor.equals(Fraction.one) ? `(${number})` : `${printText(factor.toExpression())} × (${number})`;
  const sign = by.sign < 0 ? '+' : '-';
  return {
    polynomial,
    text: `${multiple(times, row.number)} ${sign} ${multiple(by.absolute(), pivot.number)}`,
  };
}

function backSubstitute(pivots: readonly Row[], variables: readonly string[]): Map<string, Fraction> {
  const values = new Map<string, Fraction>();
  for (const [index, variable] of [...variables.entries()].reverse()) {
    const polynomial = pivots[index]?.polynomial ?? Polynomial.constant(Fraction.zero);
    const known = polynomial.terms
      .filter(({ powers }) => powers[0]?.[0] !== variable)
      .reduce((sum, { coefficient: factor, powers }) => {
        const [name] = powers[0] ?? [];
        return sum.add(
          factor.multiply(name === undefined ? Fraction.one : (values.get(name) ?? Fraction.zero)),
        );
      }, Fraction.zero);
    values.set(variable, known.negate().divide(coefficient(polynomial, variable)));
  }
  return values;
}

function whole(polynomial: Polynomial): Polynomial {
  return polynomial.scale(new Fraction(leastCommonDenominator([polynomial])));
}

function coefficient(polynomial: Polynomial, variable: string): Fraction {
  return (
    polynomial.terms.find(({ powers }) => powers.length === 1 && powers[0]?.[0] === variable)?.coefficient ??
    Fraction.zero
  );
}

/** Unknowns on the left, the number on the right. */
function equationOf(polynomial: Polynomial): Application {
  const constant = polynomial.terms.find(({ powers }) => powers.length === 0)?.coefficient ?? Fraction.zero;
  return [
    'Equal',
    polynomial.subtract(Polynomial.constant(constant)).toExpression(),
    constant.negate().toExpression(),
  ];
}
