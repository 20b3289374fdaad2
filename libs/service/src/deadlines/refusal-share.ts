const SLOT_MS = 1_000;
const SLOTS = 10;
const SHARE_MAX = 0.2;

/**
 * Lets at most a fifth of the requests with a deadline, of the last ten seconds, be refused before they begin. Were all of
 * them refused because a caller sets its timeouts wrong, or because our estimate is, nobody would ever learn better.
 */
export class RefusalShare {
  readonly #clock: () => number;
  readonly #asked = new Uint32Array(SLOTS);
  readonly #refused = new Uint32Array(SLOTS);
  #slot: number;

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#slot = this.#slotNow();
  }

  /** Counts a request, and tells whether it may be refused if it should be. */
  mayRefuse(isDue: boolean): boolean {
    this.#advance();
    const index = this.#slot % SLOTS;
    this.#asked[index] = (this.#asked[index] ?? 0) + 1;
    if (!isDue || sum(this.#refused) + 1 > SHARE_MAX * sum(this.#asked)) return false;
    this.#refused[index] = (this.#refused[index] ?? 0) + 1;
    return true;
  }

  #advance(): void {
    const now = this.#slotNow();
    const from = Math.max(this.#slot + 1, now - SLOTS + 1);
    for (let slot = from; slot <= now; slot += 1) {
      this.#asked[slot % SLOTS] = 0;
      this.#refused[slot % SLOTS] = 0;
    }
    this.#slot = Math.max(this.#slot, now);
  }

  #slotNow(): number {
    return Math.floor(this.#clock() / SLOT_MS);
  }
}

function sum(counts: Uint32Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
