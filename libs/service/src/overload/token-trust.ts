import { COHORTS } from './cohort.ts';

const DISTRUST_MS = 60_000;

/**
 * Whose word is taken for a token that nobody has verified yet. A token that proves to be made up takes the advantage of
 * tokens from its address, and from the few that share its cohort, for a minute.
 */
export class TokenTrust {
  readonly #clock: () => number;
  readonly #distrustedUntil = new Float64Array(COHORTS).fill(-Infinity);

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** Whether the tokens that come from these addresses are believed for now. */
  isGiven(addressCohort: number): boolean {
    return this.#clock() >= (this.#distrustedUntil[addressCohort] ?? 0);
  }

  /** A token from there, which had not expired, was refused. */
  withdraw(addressCohort: number): void {
    this.#distrustedUntil[addressCohort] = this.#clock() + DISTRUST_MS;
  }
}
