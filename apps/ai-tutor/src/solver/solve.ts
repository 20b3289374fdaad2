import { TooLargeError } from '../expressions/fraction.ts';
import { sizeOf } from '../expressions/expression.ts';
import type { Expression } from '../expressions/expression.ts';
import { UnprintableError } from '../expressions/print.ts';
import { Checker } from './checker.ts';
import type { Engine } from './engine.ts';
import { differentiate } from './narrators/derivative.ts';
import { solveEquation } from './narrators/equation.ts';
import { expand } from './narrators/expand.ts';
import { factorise } from './narrators/factorise.ts';
import { solveInequality } from './narrators/inequality.ts';
import { integrate } from './narrators/integral.ts';
import { solveInterest } from './narrators/interest.ts';
import { solveSystem } from './narrators/linear-system.ts';
import { solvePercentage } from './narrators/percentage.ts';
import { simplify } from './narrators/simplify.ts';
import { solveWholeNumbers } from './narrators/whole-numbers.ts';
import type { DeclineReason, Language, Outcome, Task } from './task.ts';
import { DeclinedError, Worksheet } from './worksheet.ts';

const SIZE_MAX = 200;

/** Solves one task within the limit, or says why not. Never throws for anything a student can ask. */
export function solve(engine: Engine, task: Task, language: Language, limitMs: number): Outcome {
  try {
    return engine.within(limitMs, () => narrate(new Worksheet(engine, new Checker(engine), language), task));
  } catch (error) {
    return { status: 'declined', reason: reasonOf(error) };
  }
}

function narrate(sheet: Worksheet, task: Task): Outcome {
  switch (task.kind) {
    case 'equation':
      return solveEquation(sheet, bounded(task.relation), task.variable);
    case 'system':
      return solveSystem(sheet, task.relations.map(bounded));
    case 'inequality':
      return solveInequality(sheet, bounded(task.relation), task.variable);
    case 'derivative':
      return differentiate(sheet, bounded(task.expression), task.variable, task.order);
    case 'integral':
      return integrate(sheet, bounded(task.expression), task.variable, task.bounds);
    case 'simplify':
      return simplify(sheet, bounded(task.expression));
    case 'factor':
      return factorise(sheet, bounded(task.expression));
    case 'expand':
      return expand(sheet, bounded(task.expression));
    case 'percentage':
      return solvePercentage(sheet, task);
    case 'simple-interest':
    case 'compound-interest':
      return solveInterest(sheet, task);
    case 'hcf':
    case 'lcm':
    case 'prime-factors':
      return solveWholeNumbers(sheet, task.kind, task.numbers);
  }
}

function bounded<E extends Expression>(expression: E): E {
  if (sizeOf(expression) > SIZE_MAX) throw new TooLargeError('The expression is too long');
  return expression;
}

function reasonOf(error: unknown): DeclineReason {
  if (error instanceof DeclinedError) return error.reason;
  if (error instanceof TooLargeError) return 'too-large';
  if (error instanceof UnprintableError) return 'unsupported';
  return error instanceof Error && error.name === 'CancellationError' ? 'time-limit' : 'failed';
}
