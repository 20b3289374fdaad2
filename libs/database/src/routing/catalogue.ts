import { BUILT_IN, type Knowledge } from './knowledge.ts';

const AGE_MAX_MS = 5 * 60_000;
const INTERVAL_MIN_MS = 1_000;

/**
 * What a database's catalogue says of its functions, read when it is first needed, again when the schema has changed
 * and every five minutes, at most once a second. Until it is known, and whenever it cannot be read, what holds for every Postgres counts.
 */
export class Catalogue {
  readonly #load: () => Promise<Knowledge>;
  readonly #clock: () => number;
  #knowledge: Knowledge | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #dueAt = Number.NEGATIVE_INFINITY;
  #version = 0;
  #loading: Promise<void> | undefined;

  constructor(load: () => Promise<Knowledge>, clock: () => number = () => performance.now()) {
    this.#load = load;
    this.#clock = clock;
  }

  /** The best that is known now; never waits. */
  get knowledge(): Knowledge {
    if (this.#loading === undefined && this.#clock() >= this.#dueAt) void this.refresh();
    return this.#knowledge ?? BUILT_IN;
  }

  /** Forgets what is known, because the schema changes. */
  expire(): void {
    this.#knowledge = undefined;
    this.#version += 1;
    this.#dueAt = this.#readAt + INTERVAL_MIN_MS;
  }

  /** Reads it now, or joins the reading under way. Never rejects: what fails is tried again a second later. */
  refresh(): Promise<void> {
    this.#loading ??= this.#read().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  async #read(): Promise<void> {
    const version = this.#version;
    this.#readAt = this.#clock();
    this.#dueAt = this.#readAt + INTERVAL_MIN_MS;
    try {
      const knowledge = await this.#load();
      // It changed meanwhile: the next statement reads it again.
      if (version !== this.#version) return;
      this.#knowledge = knowledge;
      this.#dueAt = this.#clock() + AGE_MAX_MS;
    } catch {
      // No host answers now. Statements do not depend on this one: they go on with what is known.
    }
  }
}
