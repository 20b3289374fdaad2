import { isSame } from '../../expressions/expression.ts';
import type { Application, Expression } from '../../expressions/expression.ts';
import { Fraction, greatestCommonDivisor, integerExpression } from '../../expressions/fraction.ts';
import { Polynomial, termExpression } from '../../expressions/polynomial.ts';
import { factorOfRoot, quadraticRoots } from '../quadratic-roots.ts';
import type { Quadratic, QuadraticRoots } from '../quadratic-roots.ts';
import type { Bilingual, Outcome } from '../task.ts';
import type { Worksheet } from '../worksheet.ts';
import {
  equals,
  equationStep,
  solvedEquation,
  substitutionSteps,
  together,
  withWholeCoefficients,
} from './equation-lines.ts';

const NOTES: Readonly<Partial<Record<QuadraticRoots['kind'], Bilingual>>> = {
  double: { en: 'a repeated root', hi: 'समान मूल' },
  complex: { en: 'no real roots', hi: 'कोई वास्तविक मूल नहीं' },
};

/** Solves `difference = 0` of degree 2: by factors when the roots are rational, by the formula otherwise. */
export function solveQuadratic(
  sheet: Worksheet,
  relation: Application,
  variable: string,
  difference: Polynomial,
): Outcome {
  const quadratic = toQuadratic(difference, variable);
  const solution = quadraticRoots(quadratic);
  const { roots } = solution;
  const standard: Application = ['Equal', quadraticPolynomial(quadratic, variable).toExpression(), 0];

  equationStep(sheet, { en: 'Start with the equation.', hi: 'समीकरण लिखिए।' }, relation, variable, roots);
  if (!isSame(relation, standard)) {
    equationStep(
      sheet,
      { en: 'Write it in the standard form ax² + bx + c = 0.', hi: 'इसे मानक रूप ax² + bx + c = 0 में लिखिए।' },
      standard,
      variable,
      roots,
    );
  }
  if (solution.fractions.length > 0) showFactors(sheet, quadratic, solution, variable);
  else showFormula(sheet, quadratic, solution, variable);
  substitutionSteps(sheet, relation, variable, solution.kind === 'complex' ? [] : roots);
  return solvedEquation(sheet, relation, variable, roots, NOTES[solution.kind]);
}

/** Whole coefficients without a common factor, the first one positive. */
export function toQuadratic(polynomial: Polynomial, variable: string): Quadratic {
  const whole = withWholeCoefficients(polynomial).polynomial.coefficientsIn(variable) ?? [];
  const [c = 0n, b = 0n, a = 1n] = whole.map((coefficient) => coefficient.numerator);
  const divisor = greatestCommonDivisor(greatestCommonDivisor(a, b), c) * (a < 0n ? -1n : 1n);
  return { a: a / divisor, b: b / divisor, c: c / divisor };
}

function quadraticPolynomial({ a, b, c }: Quadratic, variable: string): Polynomial {
  return Polynomial.fromCoefficients(variable, [new Fraction(c), new Fraction(b), new Fraction(a)]);
}

function showFactors(
  sheet: Worksheet,
  quadratic: Quadratic,
  solution: QuadraticRoots,
  variable: string,
): void {
  const { roots, fractions } = solution;
  const [first = Fraction.zero, second = first] = fractions;
  const show = (en: string, hi: string, line: Application) =>
    equationStep(sheet, { en, hi }, line, variable, roots);
  if (quadratic.b !== 0n && quadratic.c !== 0n) showSplit(sheet, quadratic, first, second, variable, show);
  const factors = [first, second].map((root) => factorOfRoot(root, variable));
  const [factor = 0] = factors;
  const productLine: Expression =
    solution.kind === 'double' ? ['Power', factor, 2] : ['Multiply', ...factors];
  if (quadratic.b === 0n && quadratic.c !== 0n) {
    show('Use a² - b² = (a - b)(a + b).', 'सूत्र a² - b² = (a - b)(a + b) लगाइए।', ['Equal', productLine, 0]);
  } else {
    show('Factorise.', 'गुणनखंड कीजिए।', ['Equal', productLine, 0]);
  }
  sheet.step(
    {
      en: 'A product is zero only when one of its factors is zero.',
      hi: 'गुणनफल शून्य तभी होता है जब कोई गुणनखंड शून्य हो।',
    },
    together(roots.map((root) => equals(variable, root))),
    () =>
      roots.every((root) =>
        sheet.check.isTrue(['Equal', quadraticPolynomial(quadratic, variable).toExpression(), 0], {
          [variable]: root,
        }),
      ),
  );
}

function showSplit(
  sheet: Worksheet,
  { a, b, c }: Quadratic,
  first: Fraction,
  second: Fraction,
  variable: string,
  show: (en: string, hi: string, line: Application) => void,
): void {
  const p = first.multiply(new Fraction(-a));
  const q = second.multiply(new Fraction(-a));
  if (!p.isInteger || !q.isInteger) return;
  const [left, right] = [p.toExpression(), q.toExpression()];
  sheet.fact(
    {
      en: `Find two numbers whose product is ${a * c} and whose sum is ${b}.`,
      hi: `ऐसी दो संख्याएँ खोजिए जिनका गुणनफल ${a * c} और योग ${b} हो।`,
    },
    [
      'And',
      ['Equal', ['Multiply', left, right], integerExpression(a * c)],
      ['Equal', ['Add', left, right], integerExpression(b)],
    ],
  );
  const line: Application = [
    'Equal',
    [
      'Add',
      termExpression({ coefficient: new Fraction(a), powers: [[variable, 2]] }),
      termExpression({ coefficient: p, powers: [[variable, 1]] }),
      termExpression({ coefficient: q, powers: [[variable, 1]] }),
      integerExpression(c),
    ],
    0,
  ];
  show('Split the middle term with them.', 'इनसे मध्य पद को तोड़िए।', line);
}

function showFormula(
  sheet: Worksheet,
  quadratic: Quadratic,
  solution: QuadraticRoots,
  variable: string,
): void {
  const [a, b, c] = [quadratic.a, quadratic.b, quadratic.c].map(integerExpression) as [
    Expression,
    Expression,
    Expression,
  ];
  const discriminant = integerExpression(solution.discriminant);
  sheet.fact(
    { en: 'Find the discriminant D = b² - 4ac.', hi: 'विविक्तकर D = b² - 4ac ज्ञात कीजिए।' },
    ['Equal', 'D', ['Add', ['Power', b, 2], ['Negate', ['Multiply', 4, a, c]]], discriminant],
    { D: discriminant },
  );
  sheet.fact(
    solution.kind === 'complex'
      ? {
          en: 'D is negative, so there are no real roots, only complex ones.',
          hi: 'D ऋणात्मक है, इसलिए वास्तविक मूल नहीं हैं, केवल सम्मिश्र मूल हैं।',
        }
      : {
          en: 'D is positive but not a perfect square: two irrational roots.',
          hi: 'D धनात्मक है पर पूर्ण वर्ग नहीं: दो अपरिमेय मूल।',
        },
    [solution.kind === 'complex' ? 'Less' : 'Greater', discriminant, 0],
  );
  const bottom: Expression = ['Multiply', 2, a];
  // The engine has no value for √-12/2 but has one for √12 i/2.
  const root: Expression =
    solution.kind === 'complex'
      ? ['Multiply', 'ImaginaryUnit', ['Sqrt', integerExpression(-solution.discriminant)]]
      : ['Sqrt', discriminant];
  const top = (sign: 'Add' | 'Subtract'): Expression => ['Divide', [sign, ['Negate', b], root], bottom];
  const values = [top('Subtract'), top('Add')];
  sheet.step(
    { en: 'Use the quadratic formula x = (-b ± √D)/2a.', hi: 'द्विघात सूत्र x = (-b ± √D)/2a लगाइए।' },
    [
      'Equal',
      variable,
      ['Divide', ['PlusMinus', typeof b === 'number' ? -b : ['Negate', b], ['Sqrt', discriminant]], bottom],
    ],
    () =>
      sheet.check.hasRoots(
        ['Equal', quadraticPolynomial(quadratic, variable).toExpression(), 0],
        variable,
        values,
      ),
  );
  sheet.step(
    { en: 'Simplify.', hi: 'सरल कीजिए।' },
    together(solution.roots.map((root) => equals(variable, root))),
    () => solution.roots.every((root, index) => sheet.check.isTrue(['Equal', root, values[index] ?? 0])),
  );
}
