const SIZE_MIN = 1_024;

/**
 * Remembers keys that have left, about as many as there are entries, in four bytes each: a table of hashes in which
 * a younger key takes the place of an older one. Mistaking one key for another only misplaces an entry.
 */
export class Ghosts {
  #hashes = new Uint32Array(SIZE_MIN);

  add(key: string, entries: number): void {
    if (entries > this.#hashes.length) this.#grow();
    this.#put(hashOf(key));
  }

  /** Was the key remembered? It is no longer. */
  take(key: string): boolean {
    const hash = hashOf(key);
    const place = hash & (this.#hashes.length - 1);
    if (this.#hashes[place] !== hash) return false;
    this.#hashes[place] = 0;
    return true;
  }

  clear(): void {
    this.#hashes = new Uint32Array(SIZE_MIN);
  }

  #put(hash: number): void {
    this.#hashes[hash & (this.#hashes.length - 1)] = hash;
  }

  #grow(): void {
    const before = this.#hashes;
    this.#hashes = new Uint32Array(before.length * 2);
    for (const hash of before) this.#put(hash);
  }
}

/** FNV-1a, mixed once more so that the lower bits alone are good; never 0, which says "empty". */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0 || 1;
}
