/** What came of a load in another process: look into Redis again, or nothing that processes share will come. */
export type ArrivalKind = 'look' | 'unshared';

/** Hears of the ends of other processes' loads, for those who wait for them. */
export class Arrivals {
  readonly #watches = new Map<string, Set<Watch>>();

  /** Notes what arrives from now on: begin before asking who loads, so that no message falls between. */
  watch(names: readonly string[]): Watch {
    const watch = new Watch(() => {
      for (const name of names) this.#forget(name, watch);
    });
    for (const name of names) {
      const others = this.#watches.get(name);
      if (others) others.add(watch);
      else this.#watches.set(name, new Set([watch]));
    }
    return watch;
  }

  /** Understands a message of the arrivals channel: "<kind> <name>". */
  onMessage(text: string): void {
    const space = text.indexOf(' ');
    const name = text.slice(space + 1);
    for (const watch of this.#watches.get(name) ?? []) watch.note(name, text.slice(0, space) as ArrivalKind);
  }

  /** Nothing can be heard any more: nobody waits on. */
  giveUp(): void {
    for (const watches of this.#watches.values()) for (const watch of watches) watch.giveUp();
  }

  #forget(name: string, watch: Watch): void {
    const watches = this.#watches.get(name);
    watches?.delete(watch);
    if (watches?.size === 0) this.#watches.delete(name);
  }
}

/** The arrivals of some names, gathered until somebody asks. */
export class Watch {
  readonly #onClose: () => void;
  #arrived = new Map<string, ArrivalKind>();
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(onClose: () => void) {
    this.#onClose = onClose;
  }

  /** What has arrived since the last call, at least one name; empty when time is up or nothing can be heard. */
  async next(timeoutMs: number): Promise<ReadonlyMap<string, ArrivalKind>> {
    if (this.#arrived.size === 0 && !this.#isOver && timeoutMs > 0) await this.#pause(timeoutMs);
    const arrived = this.#arrived;
    this.#arrived = new Map();
    return arrived;
  }

  note(name: string, kind: ArrivalKind): void {
    this.#arrived.set(name, kind);
    this.#wake?.();
  }

  giveUp(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  close(): void {
    this.#onClose();
  }

  #pause(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
