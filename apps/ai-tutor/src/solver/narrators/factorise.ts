import { canonical } from '../../expressions/canonical.ts';
import { isCall, isSame, operand, operandsOf, variablesOf } from '../../expressions/expression.ts';
import type { Application, Expression } from '../../expressions/expression.ts';
import { Fraction, greatestCommonDivisor } from '../../expressions/fraction.ts';
import { Polynomial, termExpression } from '../../expressions/polynomial.ts';
import { printLatex, printText } from '../../expressions/print.ts';
import { factorisationExpression, factorUnivariate } from '../polynomial-factors.ts';
import type { Bilingual, Outcome } from '../task.ts';
import { DeclinedError } from '../worksheet.ts';
import type { Worksheet } from '../worksheet.ts';
import { leastCommonDenominator } from './equation-lines.ts';

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
    variables.length === 1 && variable !== undefined ? splitOne(rest, variable) : splitSeveral(sheet, rest);
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
  return rest.constantValue?.toExpression() ?? factorisationExpression(factorUnivariate(rest, variable));
}

/** Several unknowns: the engine knows squares, differences of squares and cubes. */
function splitSeveral(sheet: Worksheet, rest: Polynomial): Expression {
  if (rest.terms.length < 2) return rest.toExpression();
  return grouped(rest) ?? sheet.engine.factor(rest.toExpression());
}

/** `ax + ay + bx + by` by pairing terms; undefined when no pairing works. */
function grouped(rest: Polynomial): Expression | undefined {
  const { terms } = rest;
  if (terms.length !== 4) return undefined;
  const [first, ...others] = terms.map((term) => Polynomial.of(termExpression(term)));
  for (const partner of others) {
    const remaining = others.filter((each) => each !== partner);
    if (!first || !partner || !remaining[0] || !remaining[1]) continue;
    const left = first.add(partner);
    const right = remaining[0].add(remaining[1]);
    const [leftCommon, rightCommon] = [commonFactor(left), commonFactor(right)];
    const [leftRest, rightRest] = [divideBy(left, leftCommon), divideBy(right, rightCommon)];
    if (leftRest.subtract(rightRest).isZero) {
      return product([leftCommon.add(rightCommon).toExpression(), leftRest.toExpression()]);
    }
    if (leftRest.add(rightRest).isZero) {
      return product([leftCommon.subtract(rightCommon).toExpression(), leftRest.toExpression()]);
    }
  }
  return undefined;
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

/** The greatest number and powers that divide every term; takes the sign of the first one. */
function commonFactor(polynomial: Polynomial): Polynomial {
  const { terms } = polynomial;
  const bottom = leastCommonDenominator([polynomial]);
  const top = terms.reduce(
    (shared, { coefficient }) =>
      greatestCommonDivisor(shared, coefficient.multiply(new Fraction(bottom)).numerator),
    0n,
  );
  const sign = terms[0] && terms[0].coefficient.sign < 0 ? -1n : 1n;
  const powers = (terms[0]?.powers ?? [])
    .map(
      ([variable]) =>
        [
          variable,
          Math.min(...terms.map((term) => term.powers.find(([name]) => name === variable)?.[1] ?? 0)),
        ] as const,
    )
    .filter(([, power]) => power > 0);
  return (
    Polynomial.of(termExpression({ coefficient: new Fraction(sign * top, bottom), powers })) ?? polynomial
  );
}

/** Exact division by a single term. */
function divideBy(polynomial: Polynomial, divisor: Polynomial): Polynomial {
  const [by] = divisor.terms;
  if (!by) return polynomial;
  const terms = polynomial.terms.map(({ coefficient, powers }) =>
    termExpression({
      coefficient: coefficient.divide(by.coefficient),
      powers: powers
        .map(
          ([variable, power]) =>
            [variable, power - (by.powers.find(([name]) => name === variable)?.[1] ?? 0)] as const,
        )
        .filter(([, power]) => power > 0),
    }),
  );
  return Polynomial.of(['Add', ...terms]) ?? polynomial;
}

/** Joins factors, leaving out 1 and writing -1 as a minus. */
function product(factors: readonly Expression[]): Expression {
  const flat = factors
    .flatMap((factor) => (isCall(factor, 'Multiply') ? operandsOf(factor) : [factor]))
    .filter((factor) => factor !== 1);
  const [first = 1, ...rest] = flat;
  if (rest.length === 0) return first;
  if (first === -1) return ['Negate', product(rest)];
  return isCall(first, 'Negate')
    ? ['Negate', product([operand(first, 0), ...rest])]
    : ['Multiply', first, ...rest];
}
