import type { Application, Expression } from '../expressions/expression.ts';

export type Language = 'en' | 'hi';

/** A text in both languages of the tutor. */
export interface Bilingual {
  readonly en: string;
  readonly hi: string;
}

/** What the student wants worked out. Amounts are exact decimals as text. */
export type Task =
  | { readonly kind: 'equation'; readonly relation: Application; readonly variable: string }
  | { readonly kind: 'system'; readonly relations: readonly Application[] }
  | { readonly kind: 'inequality'; readonly relation: Application; readonly variable: string }
  | {
      readonly kind: 'derivative';
      readonly expression: Expression;
      readonly variable: string;
      readonly order: number;
    }
  | {
      readonly kind: 'integral';
      readonly expression: Expression;
      readonly variable: string;
      readonly bounds?: readonly [lower: Expression, upper: Expression];
    }
  | { readonly kind: 'simplify' | 'factor' | 'expand'; readonly expression: Expression }
  | PercentageTask
  | InterestTask
  | { readonly kind: 'hcf' | 'lcm' | 'prime-factors'; readonly numbers: readonly string[] };

export interface PercentageTask {
  readonly kind: 'percentage';
  /**
   * `part`: first % of second. `rate`: first is what % of second. `whole`: first is second % of what.
   * `increase`, `decrease`: first changed by second %. `change`: from first to second.
   */
  readonly form: 'part' | 'rate' | 'whole' | 'increase' | 'decrease' | 'change';
  readonly first: string;
  readonly second: string;
}

export interface InterestTask {
  readonly kind: 'simple-interest' | 'compound-interest';
  readonly principal: string;
  readonly ratePercent: string;
  /** Of the loan, in months. */
  readonly months: number;
  readonly periodsPerYear: number;
}

/** One line of a worked solution. `latex` is what the engine has checked. */
export interface Step {
  readonly text: string;
  readonly latex?: string;
  readonly checked: boolean;
}

/** A solution is only given when its final answer has been verified. */
export type Outcome =
  | {
      readonly status: 'solved';
      readonly answer: string;
      readonly latex: string;
      readonly steps: readonly Step[];
      /** Lines that did not pass their check and are not shown. */
      readonly droppedSteps: number;
    }
  | { readonly status: 'declined'; readonly reason: DeclineReason };

export type DeclineReason = 'unsupported' | 'unverified' | 'too-large' | 'time-limit' | 'busy' | 'failed';
