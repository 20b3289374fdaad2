import type { Language, Outcome, Task } from './task.ts';

/** What the pool sends to a worker. */
export interface SolverJob {
  readonly task: Task;
  readonly language: Language;
}

/** What a worker sends back. */
export type SolverReply =
  { readonly kind: 'ready' } | { readonly kind: 'outcome'; readonly outcome: Outcome };
