import type { WalPosition } from '../wal-position.ts';

/** Two minutes at five samples a second. */
const SAMPLES_MAX = 600;

type Sample = { readonly position: WalPosition; readonly atMs: number };

/**
 * When the primary stood where. A replica that has replayed what the primary held at some moment is no older than that
 * moment: no clock of a server is involved, and an idle primary ages nobody.
 */
export class WalHistory {
  // Positions rise; each has the last moment at which the primary was seen there.
  #samples: Sample[] = [];

  /** Where the primary was last seen; undefined before that. */
  get newest(): Sample | undefined {
    return this.#samples.at(-1);
  }

  add(position: WalPosition, atMs: number): void {
    const { newest } = this;
    if (newest && position < newest.position) this.clear();
    else if (newest?.position === position) this.#samples.pop();
    this.#samples.push({ position, atMs });
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
  }

  /** The latest moment whose data `replayed` holds; undefined when it is older than every sample. */
  freshAtMs(replayed: WalPosition): number | undefined {
    return this.#samples.findLast(({ position }) => position <= replayed)?.atMs;
  }

  /** Forgets everything: another primary leads, whose positions are others. */
  clear(): void {
    this.#samples = [];
  }
}
