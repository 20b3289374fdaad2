import { isSame } from '../../expressions/expression.ts';
import type { Application, Expression } from '../../expressions/expression.ts';
import type { Polynomial } from '../../expressions/polynomial.ts';
import { factorisationExpression, factorUnivariate } from '../polynomial-factors.ts';
import { quadraticRoots } from '../quadratic-roots.ts';
import type { Outcome } from '../task.ts';
import type { Worksheet } from '../worksheet.ts';
import {
  ascending,
  equals,
  equationStep,
  solvedEquation,
  substitutionSteps,
  together,
} from './equation-lines.ts';
import { toQuadratic } from './quadratic-equation.ts';

/**
 * All roots, real and complex, of a polynomial whose factors have degree 1 or 2; undefined when one has a higher
 * degree, because then some roots have no simple form.
 */
export function polynomialRoots(
  polynomial: Polynomial,
  variable: string,
): { real: Expression[]; complex: Expression[] } | undefined {
  const real: Expression[] = [];
  const complex: Expression[] = [];
  for (const factor of factorUnivariate(polynomial, variable).factors) {
    if (factor.polynomial.degree > 2) return undefined;
    if (factor.polynomial.degree === 1) {
      const [constant, slope] = factor.polynomial.coefficientsIn(variable) ?? [];
      if (constant && slope) real.push(constant.negate().divide(slope).toExpression());
      continue;
    }
    const { kind, roots } = quadraticRoots(toQuadratic(factor.polynomial, variable));
    (kind === 'complex' ? complex : real).push(...roots);
  }
  return { real, complex };
}

/** Solves `difference = 0` of degree 3 or more by factors; undefined when the factors do not suffice. */
export function solvePolynomial(
  sheet: Worksheet,
  relation: Application,
  variable: string,
  difference: Polynomial,
): Outcome | undefined {
  const found = polynomialRoots(difference, variable);
  if (!found) return undefined;
  const roots = { real: ascending(sheet, found.real), complex: found.complex };
  const all = [...roots.real, ...roots.complex];
  const show = (en: string, hi: string, line: Application) =>
    equationStep(sheet, { en, hi }, line, variable, all);
  show('Start with the equation.', 'समीकरण लिखिए।', relation);
  const standard: Application = ['Equal', difference.toExpression(), 0];
  if (!isSame(standard, relation)) show('Bring everything to one side.', 'सब पद एक ओर लाइए।', standard);
  const factorisation = factorUnivariate(difference, variable);
  const factored = factorisationExpression(factorisation);
  show('Find the rational roots by trial and factorise.', 'परीक्षण से परिमेय मूल खोजकर गुणनखंड कीजिए।', [
    'Equal',
    factored,
    0,
  ]);
  for (const { polynomial } of factorisation.factors) {
    const own = polynomialRoots(polynomial, variable);
    if (!own) continue;
    const ownRoots = [...own.real, ...own.complex];
    const line: Application = ['Equal', polynomial.toExpression(), 0];
    sheet.step(
      polynomial.degree === 1
        ? { en: 'This factor gives one root.', hi: 'इस गुणनखंड से एक मूल मिलता है।' }
        : {
            en: 'This quadratic factor gives two roots by the formula.',
            hi: 'इस द्विघात गुणनखंड से सूत्र द्वारा दो मूल मिलते हैं।',
          },
      together([line, ...ownRoots.map((root) => equals(variable, root))]),
      () => sheet.check.hasRoots(line, variable, ownRoots),
    );
  }
  substitutionSteps(sheet, relation, variable, roots.real);
  const note = roots.real.length === 0 ? { en: 'no real roots', hi: 'कोई वास्तविक मूल नहीं' } : undefined;
  return solvedEquation(sheet, relation, variable, all, note);
}
