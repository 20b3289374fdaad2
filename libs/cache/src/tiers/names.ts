/** What things of one namespace are called in Redis. All have the same hash tag: one script may touch any of them. */
export class Names {
  readonly #prefix: string;
  readonly sequence: string;
  readonly generation: string;
  readonly tagPrefix: string;
  /** Invalidations, numbered. */
  readonly channel: string;
  /** Loads that ended elsewhere while somebody waited. */
  readonly arrivals: string;

  constructor(namespace: string) {
    this.#prefix = `cache:{${namespace}}:`;
    this.sequence = `${this.#prefix}sequence`;
    this.generation = `${this.#prefix}generation`;
    this.tagPrefix = `${this.#prefix}tag:`;
    this.channel = `${this.#prefix}invalidations`;
    this.arrivals = `${this.#prefix}arrivals`;
  }

  entry(key: string): string {
    return `${this.#prefix}${suffix('entry', key)}`;
  }

  lease(key: string): string {
    return `${this.#prefix}lease:${suffix('entry', key)}`;
  }

  tag(tag: string): string {
    return this.tagPrefix + tag;
  }
}

/** UTF-8 has no lone surrogates: unescaped, different keys would become one. */
function suffix(kind: string, key: string): string {
  return key.isWellFormed() ? `${kind}:${key}` : `escaped:${JSON.stringify(key)}`;
}
