import type { Links } from './links.ts';
import type { Key } from './operations.ts';
import type { Truth, Value, Version } from './truth.ts';

/** For how long a loaded value may be served. */
export interface Terms {
  readonly freshMs: number;
  readonly staleMs: number;
}

/** A load that failed, as its callers are told. */
export class SourceError extends Error {
  /** What would have been true when the load began. */
  readonly wanted: Version;
  readonly failedAt: number;

  constructor(wanted: Version, failedAt: number) {
    super(`version ${wanted.version} of ${wanted.key} could not be loaded at ${failedAt}`);
    this.name = 'SourceError';
    this.wanted = wanted;
    this.failedAt = failedAt;
  }
}

interface HeldLoad {
  readonly at: number;
  readonly finish: (fails: boolean) => void;
}

export interface SourceOptions {
  readonly truth: Truth;
  readonly links: Links;
  readonly clock: { readonly now: number };
}

/** What values are loaded from: may be broken, and may take as long as a schedule says. */
export class Source {
  readonly #options: SourceOptions;
  readonly #held: HeldLoad[] = [];
  readonly #broken = new Set<string>();
  #isOver = false;
  #paused: PromiseWithResolvers<undefined> | undefined;

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  load(
    at: number,
    place: { readonly tenant: number; readonly key: Key },
    terms: Terms,
    isHeld: boolean,
  ): Promise<Value> {
    const { truth } = this.#options;
    const value = truth.now(place.tenant, place.key);
    const end = (fails: boolean): Value => {
      const loadedAt = this.#options.clock.now;
      if (fails) throw new SourceError(value, loadedAt);
      return { ...value, ...terms, loadedAt };
    };
    const { promise, resolve, reject } = Promise.withResolvers<Value>();
    const finish = (fails: boolean) => {
      try {
        resolve(end(fails));
      } catch (error) {
        reject(error);
      }
    };
    if (isHeld && !this.#isOver) this.#held.push({ at, finish });
    else if (this.#paused) void this.#paused.promise.then(() => finish(this.#broken.has(name(place))));
    else finish(this.#broken.has(name(place)));
    return promise;
  }

  /** Until the returned function is called no load ends. */
  pause(): () => void {
    const paused = (this.#paused = Promise.withResolvers<undefined>());
    return () => {
      this.#paused = undefined;
      paused.resolve(undefined);
    };
  }

  isLoading(at: number): boolean {
    return this.#held.some((load) => load.at === at);
  }

  finish(nth: number, fails: boolean): void {
    this.#finish(this.#held.splice(nth, 1), fails);
  }

  /** From here on loads fail that nobody holds. */
  break(place: { readonly tenant: number; readonly key: Key }): void {
    this.#broken.add(name(place));
  }

  mend(): void {
    this.#broken.clear();
  }

  /** Loads that others waited for may have successors: nothing is held or fails any more. */
  heal(): void {
    this.#isOver = true;
    this.mend();
    this.#finish(this.#held.splice(0), false);
  }

  /** After `heal`: loads may be held again. */
  resume(): void {
    this.#isOver = false;
  }

  #finish(loads: readonly HeldLoad[], fails: boolean): void {
    for (const { at, finish } of loads) {
      this.#options.links.noteLoaded(at);
      finish(fails);
    }
  }
}

function name({ tenant, key }: { readonly tenant: number; readonly key: Key }): string {
  return `${tenant}/${key}`;
}
