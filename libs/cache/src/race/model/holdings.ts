import type { Key } from './operations.ts';
import type { Value } from './truth.ts';

/**
 * What instances certainly have in memory, so that an error is no answer. Says too little rather than too much: it knows
 * only of reads that nothing disturbed.
 */
export class Holdings {
  readonly #until = new Map<string, number>();
  #disturbances = 0;

  /** Notes a read from its start; call the returned function with what it gave, when it is known to be kept. */
  reading(at: number, tenant: number, key: Key): (value: Value) => void {
    const before = this.#disturbances;
    return ({ loadedAt, staleMs }) => {
      if (this.#disturbances === before) this.#until.set(name(at, tenant, key), loadedAt + staleMs);
    };
  }

  has(at: number, tenant: number, key: Key, now: number): boolean {
    return now < (this.#until.get(name(at, tenant, key)) ?? -Infinity);
  }

  /** Reads under way may not be kept; what was kept before still is. */
  disturb(): void {
    this.#disturbances++;
  }

  /** These are gone; reads of others may be disturbed. */
  invalidate(tenant: number, keys: readonly Key[]): void {
    this.#disturbances++;
    for (const held of this.#until.keys())
      if (keys.some((key) => held.endsWith(`/${tenant}/${key}`))) this.#until.delete(held);
  }

  /** Anything may be gone. */
  forget(): void {
    this.#disturbances++;
    this.#until.clear();
  }
}

function name(at: number, tenant: number, key: Key): string {
  return `${at}/${tenant}/${key}`;
}
