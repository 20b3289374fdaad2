import { setTimeout as sleep } from 'node:timers/promises';
import { RestartDelay } from '@ganitagya/service';
import type { Exit } from '@ganitagya/testing';

/** A server that can be started again after its death. */
export interface Part {
  readonly name: string;
  /** Resolves when it is ready; rejects with the tail of its output. */
  start(): Promise<void>;
  /** Resolves when the process that runs now has ended. */
  exited(): Promise<Exit>;
  stop(): Promise<void>;
}

/** How a life ended, and how long it was. */
interface End {
  readonly livedMs: number;
  readonly how: string;
}

const RESTARTS_MAX = 5;
const STEADY_MS = 60_000;

/**
 * Starts groups of parts and starts each part again that dies, with back-off, telling so in a line. A part that was
 * started again five times, and lived under a minute each time or could not be started, is given up: `onGivenUp` is told.
 */
export class Keeper {
  readonly #tell: (line: string) => void;
  readonly #onGivenUp: (part: Part) => void;
  readonly #groups: Part[][] = [];
  #stopping = false;

  constructor(tell: (line: string) => void, onGivenUp: (part: Part) => void) {
    this.#tell = tell;
    this.#onGivenUp = onGivenUp;
  }

  /** Starts parts together and watches over them. A failing first start is the caller's to handle. */
  async start(...parts: readonly Part[]): Promise<void> {
    this.#groups.push([...parts]);
    await Promise.all(
      parts.map(async (part) => {
        await part.start();
        void this.#watch(part);
      }),
    );
  }

  /** Watches over parts that were started elsewhere. */
  adopt(...parts: readonly Part[]): void {
    this.#groups.push([...parts]);
    for (const part of parts) void this.#watch(part);
  }

  /** Stops the parts in the reverse order of their groups; a part that cannot be stopped is told and passed over. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const group of this.#groups.toReversed()) {
      await Promise.all(
        group.map((part) =>
          part.stop().catch((error: unknown) => this.#tell(`${part.name} did not stop: ${String(error)}`)),
        ),
      );
    }
  }

  async #watch(part: Part): Promise<void> {
    const delay = new RestartDelay(STEADY_MS);
    let deaths = 0;
    let end = await endOf(part);
    while (!this.#isStopping()) {
      deaths = end.livedMs > STEADY_MS ? 1 : deaths + 1;
      if (deaths > RESTARTS_MAX) {
        this.#onGivenUp(part);
        return;
      }
      const waitMs = delay.next(end.livedMs);
      this.#tell(`${part.name} ${end.how}; starting it again in ${waitMs} ms`);
      await sleep(waitMs);
      if (this.#isStopping()) return;
      end = await this.#liveAgain(part);
    }
  }

  async #liveAgain(part: Part): Promise<End> {
    try {
      await part.start();
    } catch (error) {
      return { livedMs: 0, how: `could not be started (${(error as Error).message})` };
    }
    this.#tell(`${part.name} is back`);
    return endOf(part);
  }

  /** Asked after each pause; a property would be taken for unchanged. */
  #isStopping(): boolean {
    return this.#stopping;
  }
}

async function endOf(part: Part): Promise<End> {
  const startedAt = performance.now();
  const { code, signal } = await part.exited();
  return { livedMs: performance.now() - startedAt, how: `died (${signal ?? `code ${String(code)}`})` };
}
