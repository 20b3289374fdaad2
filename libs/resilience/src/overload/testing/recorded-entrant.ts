import type { Entrant, Refusal } from '../contract.ts';
import type { Priority } from '../priority.ts';

/** An entrant that remembers what it was told. */
export class RecordedEntrant implements Entrant {
  readonly priority: Priority;
  readonly #cohort: number;
  readonly #onAdmitted: () => void;
  waitedMs: number | undefined;
  refusal: Refusal | undefined;
  asked = 0;

  constructor(priority: Priority, cohort = 0, onAdmitted: () => void = () => undefined) {
    this.priority = priority;
    this.#cohort = cohort;
    this.#onAdmitted = onAdmitted;
  }

  /** What became of it. */
  get fate(): string {
    return this.refusal?.reason ?? (this.waitedMs === undefined ? 'waits' : 'inside');
  }

  cohort(): number {
    this.asked++;
    return this.#cohort;
  }

  admitted(waitedMs: number): void {
    this.waitedMs = waitedMs;
    this.#onAdmitted();
  }

  refused(refusal: Refusal): void {
    this.refusal = refusal;
  }
}
