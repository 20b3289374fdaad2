import type { Application } from '../../expressions/expression.ts';
import type { Outcome } from '../task.ts';
import type { Worksheet } from '../worksheet.ts';
import { polynomialSides } from './equation-lines.ts';
import { solveGeneral } from './general-equation.ts';
import { solveLinear, solveWithoutUnknown } from './linear-equation.ts';
import { solvePolynomial } from './polynomial-equation.ts';
import { solveQuadratic } from './quadratic-equation.ts';

/** Solves one equation in one unknown with the method its shape asks for. */
export function solveEquation(sheet: Worksheet, relation: Application, variable: string): Outcome {
  const sides = polynomialSides(relation);
  if (!sides) return solveGeneral(sheet, relation, variable);
  const difference = sides[0].subtract(sides[1]);
  const constant = difference.constantValue;
  if (constant) return solveWithoutUnknown(sheet, relation, constant);
  if (difference.degree === 1) return solveLinear(sheet, relation, variable, sides);
  if (difference.degree === 2) return solveQuadratic(sheet, relation, variable, difference);
  return solvePolynomial(sheet, relation, variable, difference) ?? solveGeneral(sheet, relation, variable);
}
