import { performance } from 'node:perf_hooks';

/**
 * Measures how long each turn of the event loop takes, waiting for events not counted. It asks to be called at the end
 * of a turn without keeping the loop from waiting, so an idle process stays idle.
 */
export class TurnMeter {
  readonly #onTurn: (turnMs: number) => void;
  #pending: NodeJS.Immediate | undefined;
  #endedAt = 0;
  #idleMs = 0;

  constructor(onTurn: (turnMs: number) => void) {
    this.#onTurn = onTurn;
  }

  start(): void {
    if (this.#pending !== undefined) return;
    this.#endedAt = performance.now();
    this.#idleMs = performance.nodeTiming.idleTime;
    this.#await();
  }

  stop(): void {
    clearImmediate(this.#pending);
    this.#pending = undefined;
  }

  #await(): void {
    this.#pending = setImmediate(this.#endTurn).unref();
  }

  readonly #endTurn = (): void => {
    const now = performance.now();
    const idleMs = performance.nodeTiming.idleTime;
    const turnMs = now - this.#endedAt - (idleMs - this.#idleMs);
    this.#endedAt = now;
    this.#idleMs = idleMs;
    this.#await();
    this.#onTurn(Math.max(0, turnMs));
  };
}
