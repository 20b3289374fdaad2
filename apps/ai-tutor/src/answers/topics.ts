import type { Application } from '../expressions/expression.ts';
import { TooLargeError } from '../expressions/fraction.ts';
import { differencePolynomial } from '../expressions/polynomial.ts';
import type { Task } from '../solver/task.ts';

const TOPICS: Readonly<Record<Exclude<Task['kind'], 'equation'>, string>> = {
  system: 'pair of linear equations two variables elimination',
  inequality: 'linear inequalities inequality',
  derivative: 'derivative differentiation',
  integral: 'integral integration',
  simplify: 'algebraic expressions simplification',
  factor: 'factorisation factors polynomials',
  expand: 'algebraic identities expansion',
  percentage: 'percentage percent',
  'simple-interest': 'simple interest',
  'compound-interest': 'compound interest',
  hcf: 'HCF highest common factor prime factorisation',
  lcm: 'LCM lowest common multiple prime factorisation',
  'prime-factors': 'prime factorisation fundamental theorem of arithmetic',
};

/** The words under which the lessons speak of such a task. */
export function topicOf(task: Task): string {
  if (task.kind !== 'equation') return TOPICS[task.kind];
  const degree = degreeOf(task.relation);
  if (degree === 2) return 'quadratic equations factorisation';
  if (degree === 1) return 'linear equations one variable';
  return degree !== undefined && degree > 2 ? 'polynomials zeroes' : 'equations';
}

/** Undefined for what is no polynomial, or one too large to multiply out. */
function degreeOf(relation: Application): number | undefined {
  try {
    return differencePolynomial(relation)?.degree;
  } catch (error) {
    if (error instanceof TooLargeError) return undefined;
    throw error;
  }
}
