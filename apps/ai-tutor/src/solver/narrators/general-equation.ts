import { isApplication, mentions, nodesOf, operand } from '../../expressions/expression.ts';
import type { Application, Expression } from '../../expressions/expression.ts';
import { Fraction } from '../../expressions/fraction.ts';
import type { Polynomial } from '../../expressions/polynomial.ts';
import { scanForRoots } from '../numeric.ts';
import { rationalFunctionOf } from '../rational-function.ts';
import type { Bilingual, Outcome } from '../task.ts';
import { DeclinedError } from '../worksheet.ts';
import type { Worksheet } from '../worksheet.ts';
import {
  ascending,
  equals,
  equationStep,
  polynomialSides,
  solvedEquation,
  substitutionSteps,
} from './equation-lines.ts';
import { polynomialRoots } from './polynomial-equation.ts';

const PERIODIC = new Set(['Sin', 'Cos', 'Tan', 'Cot', 'Sec', 'Csc']);
const REAL_ONLY: Bilingual = { en: 'real solutions only', hi: 'केवल वास्तविक हल' };
const NOT_REAL: Bilingual = { en: 'no real solutions', hi: 'कोई वास्तविक हल नहीं' };
const GUESSES_MAX = 8;
const GUESS_BOTTOMS = [1, 2, 3, 4, 5, 6];
const SCAN_TOLERANCE = 1e-5;

/** Solves an equation with the unknown under a fraction bar, a root, a modulus, a power or a logarithm. */
export function solveGeneral(sheet: Worksheet, relation: Application, variable: string): Outcome {
  // A periodic equation has infinitely many solutions; the engine's principal ones would be a wrong answer.
  if (hasPeriodic(relation, variable)) throw new DeclinedError('unsupported');
  const cleared = clearedOfFractions(relation, variable);
  const known = cleared?.roots ?? realCandidates(sheet, relation, variable);
  const candidates = ascending(sheet, distinct(sheet, known));
  if (!isComplete(sheet, relation, variable, candidates)) throw new DeclinedError('unverified');
  const isRoot = (value: Expression) => sheet.check.isTrue(relation, { [variable]: value });
  const roots = candidates.filter(isRoot);
  equationStep(sheet, { en: 'Start with the equation.', hi: 'समीकरण लिखिए।' }, relation, variable, roots);
  if (cleared) {
    equationStep(
      sheet,
      {
        en: 'Multiply by the denominators and bring everything to one side.',
        hi: 'हरों से गुणा करके सब पद एक ओर लाइए।',
      },
      ['Equal', cleared.top.toExpression(), 0],
      variable,
      cleared.roots,
    );
  }
  for (const candidate of candidates.filter((each) => !isRoot(each))) {
    sheet.step(
      {
        en: 'This value does not satisfy the original equation: reject it.',
        hi: 'यह मान मूल समीकरण को संतुष्ट नहीं करता: इसे छोड़िए।',
      },
      ['NotEqual', variable, candidate],
      () => !isRoot(candidate),
    );
  }
  for (const root of roots) {
    sheet.step({ en: 'This value is a solution.', hi: 'यह मान हल है।' }, equals(variable, root), () =>
      isRoot(root),
    );
  }
  substitutionSteps(sheet, relation, variable, roots);
  if (roots.length > 0) {
    const isReal = roots.some((root) => Number.isFinite(sheet.check.real(root)));
    // A polynomial has complex roots too, which are not looked for here.
    const realNote = !cleared && polynomialSides(relation) ? REAL_ONLY : undefined;
    return solvedEquation(sheet, relation, variable, roots, isReal ? realNote : NOT_REAL);
  }
  return sheet.solved({
    text: sheet.say({ en: 'No real solution', hi: 'कोई वास्तविक हल नहीं' }),
    latex: '\\varnothing',
    isVerified: true,
  });
}

/** Over one bottom, the equation is a polynomial one; roots that make a bottom zero drop out later. */
function clearedOfFractions(
  relation: Application,
  variable: string,
): { top: Polynomial; roots: Expression[] } | undefined {
  const fraction = rationalFunctionOf(['Subtract', operand(relation, 0), operand(relation, 1)]);
  if (!fraction || fraction.top.constantValue !== undefined) return undefined;
  const found = polynomialRoots(fraction.top, variable);
  return found && { top: fraction.top, roots: [...found.real, ...found.complex] };
}

/** What the engine finds, and the simple fractions that a numeric scan comes upon: `3^(2x) = 81` is one for these. */
function realCandidates(sheet: Worksheet, relation: Application, variable: string): Expression[] {
  const seen = scanForRoots(['Subtract', operand(relation, 0), operand(relation, 1)], variable);
  const guesses = seen.slice(0, GUESSES_MAX).flatMap((value): Expression[] => {
    const bottom = GUESS_BOTTOMS.find(
      (each) => Math.abs(value * each - Math.round(value * each)) < SCAN_TOLERANCE,
    );
    return bottom === undefined ? [] : [new Fraction(Math.round(value * bottom), bottom).toExpression()];
  });
  const right = guesses.filter((guess) => sheet.check.isTrue(relation, { [variable]: guess }));
  const found = sheet.engine.roots(relation, variable);
  return [...found.filter((root) => Number.isFinite(sheet.check.real(root))), ...right];
}

/** Does an independent numeric scan see no real root that is not among the candidates? */
function isComplete(
  sheet: Worksheet,
  relation: Application,
  variable: string,
  candidates: readonly Expression[],
): boolean {
  const known = candidates.map((candidate) => sheet.check.real(candidate)).filter(Number.isFinite);
  const seen = scanForRoots(['Subtract', operand(relation, 0), operand(relation, 1)], variable);
  return seen.every((value) =>
    known.some((root) => Math.abs(root - value) <= SCAN_TOLERANCE * Math.max(1, Math.abs(root))),
  );
}

function distinct(sheet: Worksheet, roots: readonly Expression[]): Expression[] {
  return roots.filter(
    (root, index) => !roots.slice(0, index).some((earlier) => sheet.check.isTrue(['Equal', earlier, root])),
  );
}

function hasPeriodic(relation: Application, variable: string): boolean {
  const operators = nodesOf(relation).filter(isApplication);
  return operators.some((node) => PERIODIC.has(node[0]) && mentions(node, variable));
}
