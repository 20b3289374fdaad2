import type { Task } from './task.ts';

/** One task of each costly kind, so that the engine has compiled and cached what students ask most. */
export const warmUpTasks: readonly Task[] = [
  {
    kind: 'equation',
    variable: 'x',
    relation: ['Equal', ['Add', ['Power', 'x', 2], ['Negate', ['Multiply', 5, 'x']], 6], 0],
  },
  { kind: 'derivative', variable: 'x', order: 1, expression: ['Multiply', ['Power', 'x', 2], ['Sin', 'x']] },
  { kind: 'integral', variable: 'x', expression: ['Multiply', 'x', ['Cos', 'x']] },
  { kind: 'equation', variable: 'x', relation: ['Equal', ['Abs', ['Add', 'x', 1]], 3] },
];
