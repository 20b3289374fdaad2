import type { HostConnection } from './host-connection.ts';

const IDLE_MS_MAX = 30_000;
const LIFETIME_MS_MAX = 1_800_000;
const SWEEP_MS = 5_000;

/** Connections that nobody uses, the last used first; those that are idle or old for too long are closed. */
export class IdleConnections {
  readonly #close: (connection: HostConnection) => void;
  readonly #stack: HostConnection[] = [];
  readonly #sweeper: NodeJS.Timeout;

  constructor(close: (connection: HostConnection) => void) {
    this.#close = close;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
    this.#sweeper.unref();
  }

  get count(): number {
    return this.#stack.length;
  }

  take(): HostConnection | undefined {
    return this.#stack.pop();
  }

  /** Keeps one until it is taken. */
  add(connection: HostConnection): void {
    connection.usedAtMs = performance.now();
    this.#stack.push(connection);
  }

  remove(connection: HostConnection): void {
    const index = this.#stack.indexOf(connection);
    if (index >= 0) this.#stack.splice(index, 1);
  }

  /** Lets go of all, which others close. */
  forget(): void {
    this.#stack.length = 0;
  }

  /** Closes them all. */
  end(): void {
    clearInterval(this.#sweeper);
    for (const connection of this.#stack.splice(0)) this.#close(connection);
  }

  #sweep(): void {
    const nowMs = performance.now();
    for (const connection of [...this.#stack]) {
      const { usedAtMs, madeAtMs } = connection;
      if (nowMs - usedAtMs < IDLE_MS_MAX && nowMs - madeAtMs < LIFETIME_MS_MAX) continue;
      this.remove(connection);
      this.#close(connection);
    }
  }
}
