/** What came of a load in another process: look into Redis again, or nothing that processes share will come. */
export type ArrivalKind = 'look' | 'unshared';

interface Arrival {
  readonly name: string;
  readonly kind: ArrivalKind;
}

/** Hears of the ends of other processes' loads, for those who wait for them. */
export class Arrivals {
  readonly #watches = new Map<string, Set<Watch>>();
  /** Those that do not know yet what they wait for, oldest first. */
  readonly #undecided = new Set<Watch>();
  /** What has arrived since the oldest of them began; `#forgotten` before that. */
  #log: Arrival[] = [];
  #forgotten = 0;

  /** Notes what arrives from now on: begin before asking who loads, so that no message falls between; decide soon. */
  watch(): Watch {
    const begun = this.#forgotten + this.#log.length;
    const watch: Watch = new Watch(begun, {
      onOnly: (names) => {
        for (const { name, kind } of this.#log.slice(begun - this.#forgotten)) {
          if (names.includes(name)) watch.note(name, kind);
        }
        this.#decided(watch);
        for (const name of names) this.#remember(name, watch);
      },
      onClose: (names) => {
        this.#decided(watch);
        for (const name of names) this.#forget(name, watch);
      },
    });
    this.#undecided.add(watch);
    return watch;
  }

  /** Understands a message of the arrivals channel: "<kind> <name>". */
  onMessage(text: string): void {
    const space = text.indexOf(' ');
    const name = text.slice(space + 1);
    const kind = text.slice(0, space) as ArrivalKind;
    if (this.#undecided.size > 0) this.#log.push({ name, kind });
    for (const watch of this.#watches.get(name) ?? []) watch.note(name, kind);
  }

  /** Nothing can be heard any more: nobody waits on. */
  giveUp(): void {
    for (const watch of this.#undecided) watch.giveUp();
    for (const watches of this.#watches.values()) for (const watch of watches) watch.giveUp();
  }

  #decided(watch: Watch): void {
    if (!this.#undecided.delete(watch)) return;
    const [oldest] = this.#undecided;
    const end = this.#forgotten + this.#log.length;
    const from = oldest?.begun ?? end;
    this.#log.splice(0, from - this.#forgotten);
    this.#forgotten = from;
  }

  #remember(name: string, watch: Watch): void {
    const others = this.#watches.get(name);
    if (others) others.add(watch);
    else this.#watches.set(name, new Set([watch]));
  }

  #forget(name: string, watch: Watch): void {
    const watches = this.#watches.get(name);
    watches?.delete(watch);
    if (watches?.size === 0) this.#watches.delete(name);
  }
}

interface WatchListeners {
  readonly onOnly: (names: readonly string[]) => void;
  readonly onClose: (names: readonly string[]) => void;
}

/** The arrivals of some names, gathered until somebody asks. */
export class Watch {
  /** How many arrivals there were before. */
  readonly begun: number;
  readonly #listeners: WatchListeners;
  #names: readonly string[] = [];
  #arrived = new Map<string, ArrivalKind>();
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(begun: number, listeners: WatchListeners) {
    this.begun = begun;
    this.#listeners = listeners;
  }

  /** Decides what it waits for: arrivals of these since it began count. */
  only(names: readonly string[]): void {
    this.#names = names;
    this.#listeners.onOnly(names);
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
    this.#listeners.onClose(this.#names);
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
