import type { Application, Expression } from '../expressions/expression.ts';
import { printLatex, printText } from '../expressions/print.ts';
import type { Checker } from './checker.ts';
import type { Engine } from './engine.ts';
import type { Bilingual, DeclineReason, Language, Outcome, Step } from './task.ts';

const STEPS_MAX = 30;

/** The tutor will not answer this; not an error of the program. */
export class DeclinedError extends Error {
  override readonly name = 'DeclinedError';
  readonly reason: DeclineReason;

  constructor(reason: DeclineReason) {
    super(`Declined: ${reason}`);
    this.reason = reason;
  }
}

/** Collects the lines of one worked solution; a line that fails its check never reaches the student. */
export class Worksheet {
  readonly engine: Engine;
  readonly check: Checker;
  readonly #language: Language;
  readonly #steps: Step[] = [];
  #dropped = 0;

  constructor(engine: Engine, check: Checker, language: Language) {
    this.engine = engine;
    this.check = check;
    this.#language = language;
  }

  /** Adds `line` under `text` if `isRight` says that it is true. */
  step(text: Bilingual, line: Expression, isRight: (line: Expression) => boolean): void {
    if (this.#steps.length >= STEPS_MAX || !isRight(line)) {
      this.#dropped += 1;
      return;
    }
    this.#steps.push({ text: text[this.#language], latex: printLatex(line), checked: true });
  }

  /** Adds a line that is true for all values of its unknowns. */
  identity(text: Bilingual, line: Application): void {
    this.step(text, line, () => this.check.isIdentity(line));
  }

  /** Adds a line about numbers, or about unknowns whose values are given. */
  fact(text: Bilingual, line: Expression, point: Readonly<Record<string, Expression>> = {}): void {
    this.step(text, line, () => this.check.isTrue(line, point));
  }

  /** Chooses the text of the student's language. */
  say(text: Bilingual): string {
    return text[this.#language];
  }

  /** `a, b or c`. */
  alternatives(parts: readonly Expression[]): string {
    return parts.map(printText).join(this.say({ en: ' or ', hi: ' या ' }));
  }

  /** Ends the worksheet; throws when the final answer was not verified. */
  solved(answer: { text: string; latex: string; isVerified: boolean }): Outcome {
    if (!answer.isVerified) throw new DeclinedError('unverified');
    return {
      status: 'solved',
      answer: answer.text,
      latex: answer.latex,
      steps: this.#steps,
      droppedSteps: this.#dropped,
    };
  }
}
