import { canonical } from '../../expressions/canonical.ts';
import { isSame, variablesOf } from '../../expressions/expression.ts';
import type { Application, Expression } from '../../expressions/expression.ts';
import { Fraction } from '../../expressions/fraction.ts';
import { Polynomial, termExpression } from '../../expressions/polynomial.ts';
import { printLatex, printText } from '../../expressions/print.ts';
import { commonFactor, divideBy, product } from '../common-factor.ts';
import { splitSeveral } from '../factor-several.ts';
import { factorisationExpression, factorUnivariate } from '../polynomial-factors.ts';
import type { Bilingual, Outcome } from '../task.ts';
import { DeclinedError } from '../worksheet.ts';
import type { Worksheet } from '../worksheet.ts';

/** Takes out the common factor, then splits what is left by its roots or by a known identity. */
export function factorise(sheet: Worksheet, expression: Expression): Outcome {
  const polynomial = Polynomial.of(expression);
  if (!polynomial || polynomial.constantValue) throw new DeclinedError('unsupported');
  const variables = variablesOf(expression);
  const common = commonFactor(polynomial);
  const rest = divideBy(polynomial, common);
  if (!common.constantValue?.equals(Fraction.one)) {
    sheet.identity({ en: 'Take out the common factor.', hi: 'उभयनिष्ठ गुणनखंड बाहर निकालिए।' }, [
      'Equal',
      expression,
      product([common.toExpression(), rest.toExpression()]),
    ]);
  }
  const [variable] = variables;
  if (variables.length === 1 && variable !== undefined) showSplit(sheet, rest, variable);
  const inner =
    variables.length === 1 && variable !== undefined
      ? splitOne(rest, variable)
      : splitSeveral(sheet.engine, rest);
  const result = product([common.toExpression(), inner]);
  const line: Application = ['Equal', expression, result];
  const isUnchanged = isSame(canonical(result), canonical(polynomial.toExpression()));
  sheet.identity(
    isUnchanged
      ? { en: 'It has no factors with rational numbers.', hi: 'इसके परिमेय संख्याओं वाले गुणनखंड नहीं हैं।' }
      : nameOf(rest),
    line,
  );
  return sheet.solved({
    text: printText(result),
    latex: printLatex(result),
    isVerified: sheet.check.isIdentity(line),
  });
}

/** The middle term of a trinomial, split so that the terms pair up. */
function showSplit(sheet: Worksheet, rest: Polynomial, variable: string): void {
  const coefficients = rest.coefficientsIn(variable) ?? [];
  const [c, b, a] = coefficients;
  if (coefficients.length !== 3 || !a || !b || !c || b.isZero || c.isZero) return;
  const root = b
    .multiply(b)
    .subtract(a.multiply(c).multiply(new Fraction(4)))
    .squareRoot();
  if (!root) return;
  const [p, q] = [b.add(root), b.subtract(root)].map((value) => value.divide(new Fraction(2)));
  if (!p?.isInteger || !q?.isInteger) return;
  sheet.fact(
    {
      en: `Find two numbers whose product is ${a.multiply(c).toDecimal()} and whose sum is ${b.toDecimal()}.`,
      hi: `ऐसी दो संख्याएँ खोजिए जिनका गुणनफल ${a.multiply(c).toDecimal()} और योग ${b.toDecimal()} हो।`,
    },
    [
      'And',
      ['Equal', ['Multiply', p.toExpression(), q.toExpression()], a.multiply(c).toExpression()],
      ['Equal', ['Add', p.toExpression(), q.toExpression()], b.toExpression()],
    ],
  );
  const middle = [p, q].map((value) => termExpression({ coefficient: value, powers: [[variable, 1]] }));
  sheet.identity({ en: 'Split the middle term with them.', hi: 'इनसे मध्य पद को तोड़िए।' }, [
    'Equal',
    rest.toExpression(),
    ['Add', termExpression({ coefficient: a, powers: [[variable, 2]] }), ...middle, c.toExpression()],
  ]);
}

function splitOne(rest: Polynomial, variable: string): Expression {
  if (rest.constantValue) return rest.constantValue.toExpression();
  const factorisation = factorUnivariate(rest, variable);
  if (!factorisation.isComplete) throw new DeclinedError('unsupported');
  return factorisationExpression(factorisation);
}

function nameOf(rest: Polynomial): Bilingual {
  const { terms } = rest;
  const isDifference =
    terms.length === 2 && terms.filter(({ coefficient }) => coefficient.sign < 0).length === 1;
  if (isDifference && terms.every((term) => isPower(term, 2))) {
    return { en: 'Use a² - b² = (a - b)(a + b).', hi: 'सूत्र a² - b² = (a - b)(a + b) लगाइए।' };
  }
  if (isDifference && terms.every((term) => isPower(term, 3))) {
    return { en: 'Use a³ - b³ = (a - b)(a² + ab + b²).', hi: 'सूत्र a³ - b³ = (a - b)(a² + ab + b²) लगाइए।' };
  }
  return { en: 'Factorise.', hi: 'गुणनखंड कीजिए।' };
}

function isPower(term: Polynomial['terms'][number], power: 2 | 3): boolean {
  const size = Math.abs(term.coefficient.toNumber());
  const root = power === 2 ? Math.sqrt(size) : Math.cbrt(size);
  return Number.isInteger(Math.round(root * 1e9) / 1e9) && term.powers.every(([, own]) => own % power === 0);
}
