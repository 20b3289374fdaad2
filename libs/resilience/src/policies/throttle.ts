import { isRefused, ThrottledError } from './errors.ts';
import type { PolicyEvents } from './events.ts';
import type { Layer, Work } from './layer.ts';
import { RollingCount, type Clock } from './rolling-count.ts';
import type { ThrottleOptions } from './table.ts';

const WINDOW_MS = 3_000;

/**
 * Sends less to a dependency that refuses: a call is held back with the probability (calls - k * accepted) / (calls + 1)
 * of the last three seconds (SRE book, "Handling Overload"). Only refusals count against it, no failures and no time-outs,
 * and calls count when they are made, not when they return.
 */
export class Throttle implements Layer {
  readonly #name: string;
  readonly #options: Required<ThrottleOptions>;
  readonly #events: PolicyEvents;
  readonly #random: () => number;
  readonly #calls: RollingCount;
  /** Held back here, or refused there. */
  readonly #refused: RollingCount;

  constructor(
    name: string,
    options: Required<ThrottleOptions>,
    events: PolicyEvents,
    clock: Clock = () => performance.now(),
    random: () => number = Math.random,
  ) {
    this.#name = name;
    this.#options = options;
    this.#events = events;
    this.#random = random;
    this.#calls = new RollingCount(WINDOW_MS, clock);
    this.#refused = new RollingCount(WINDOW_MS, clock);
  }

  async execute<T>(work: Work<T>, signal: AbortSignal): Promise<T> {
    const share = this.#shareHeldBack();
    this.#calls.add();
    if (share > 0 && this.#random() < share) {
      this.#refused.add();
      this.#events.emit('rejected', { name: this.#name, reason: 'throttled' });
      throw new ThrottledError(this.#name, 'it refuses so much that this call was not sent');
    }
    try {
      return await work({ signal });
    } catch (error) {
      if (isRefused(error)) this.#refused.add();
      throw error;
    }
  }

  #shareHeldBack(): number {
    const calls = this.#calls.total;
    const { callsMin, k, shareMax } = this.#options;
    if (calls < callsMin) return 0;
    const accepted = calls - this.#refused.total;
    return Math.min(shareMax, Math.max(0, (calls - k * accepted) / (calls + 1)));
  }
}
