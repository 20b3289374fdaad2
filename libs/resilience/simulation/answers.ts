import type { Priority } from '../src/index.ts';
import { cpuMsOf, type Kind } from './traffic.ts';

export type Ending = 'good' | 'late' | 'refused' | 'gave up';

/** How one try ended. */
export interface Answer {
  readonly kind: Kind;
  readonly ending: Ending;
  /** When it was sent, and answered. */
  readonly at: number;
  readonly tookMs: number;
  /** 1 for a first try. */
  readonly tries: number;
}

/** All answers of a run, and what can be told from them. */
export class Answers {
  readonly all: Answer[] = [];

  between(from: number, to: number): Summary {
    return summarise(
      this.all.filter(({ at }) => at >= from && at < to),
      (to - from) / 1_000,
    );
  }
}

export interface Summary {
  /** First tries, and all tries, per second. */
  readonly offered: number;
  readonly tried: number;
  /** Answered in time, per second. */
  readonly goodput: number;
  /** Milliseconds of computing a second that went into answers in time. */
  readonly usefulMs: number;
  /** Share of the tries that were answered in time. */
  readonly served: (priority: Priority) => number;
  readonly refused: number;
  readonly gaveUp: number;
  readonly okMs: (quantile: number) => number;
  readonly refusalMs: (quantile: number) => number;
}

function summarise(answers: readonly Answer[], seconds: number): Summary {
  const of = (ending: Ending) => answers.filter((answer) => answer.ending === ending);
  const [good, refused] = [of('good'), of('refused')];
  const ok = [...good, ...of('late')].filter(({ kind }) => kind.inTimeMs <= 200);
  const first = answers.filter(({ tries }) => tries === 1);
  return {
    offered: first.length / seconds,
    tried: answers.length / seconds,
    goodput: good.length / seconds,
    usefulMs: good.reduce((sum, { kind }) => sum + cpuMsOf(kind), 0) / seconds,
    served: (priority) => shareOf(good, answers, priority),
    refused: refused.length / seconds,
    gaveUp: of('gave up').length / seconds,
    okMs: quantiles(ok),
    refusalMs: quantiles(refused),
  };
}

function shareOf(part: readonly Answer[], all: readonly Answer[], priority: Priority): number {
  const count = (answers: readonly Answer[]) =>
    answers.filter(({ kind }) => kind.priority === priority).length;
  return count(part) / Math.max(1, count(all));
}

function quantiles(answers: readonly Answer[]): (quantile: number) => number {
  const sorted = answers.map(({ tookMs }) => tookMs).sort((one, other) => one - other);
  return (quantile) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0;
}
