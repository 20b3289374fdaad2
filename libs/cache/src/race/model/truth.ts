import { INSTANCES, keys, TENANTS } from './operations.ts';
import type { Key } from './operations.ts';

/** Which version of what. */
export interface Version {
  readonly tenant: number;
  readonly key: Key;
  readonly version: number;
}

/** What a loader gives, and for how long it may be served. */
export interface Value extends Version {
  readonly freshMs: number;
  readonly staleMs: number;
  /** In the time of the caches. */
  readonly loadedAt: number;
}

/** An invalidation and what was true when it was made. */
export interface Write {
  readonly by: number;
  readonly tenant: number;
  readonly versions: ReadonlyMap<Key, number>;
  /** When Redis is known to have it, in the time of the caches. */
  confirmedAt: number | undefined;
}

/** The newest version of everything, and the oldest that each instance may still give to a read that starts now. */
export class Truth {
  readonly #versions = table(FIRST);
  readonly #floors = Array.from({ length: INSTANCES }, () => table(0));
  readonly writes: Write[] = [];
  /** What was promised and not kept. */
  readonly violations: string[] = [];

  now(tenant: number, key: Key): Version {
    return { tenant, key, version: this.#versions[tenant]?.get(key) ?? 0 };
  }

  /** New versions of the keys; whoever wrote them may not see older ones from here on. */
  write(by: number, tenant: number, written: readonly Key[]): Write {
    const versions = new Map(written.map((key) => [key, this.now(tenant, key).version + 1]));
    for (const [key, version] of versions) this.#versions[tenant]?.set(key, version);
    const write: Write = { by, tenant, versions, confirmedAt: undefined };
    this.writes.push(write);
    this.mustKnow(by, write);
    return write;
  }

  /** From here on the instance may not give anything older than this write. */
  mustKnow(instance: number, { tenant, versions }: Write): void {
    const floors = this.#floors[instance]?.[tenant];
    for (const [key, version] of versions) floors?.set(key, Math.max(version, floors.get(key) ?? 0));
  }

  floor(instance: number, tenant: number, key: Key): number {
    return this.#floors[instance]?.[tenant]?.get(key) ?? 0;
  }

  /** Does the instance know of all writes, and are none on their way? */
  isSettled(instance: number, tenant: number): boolean {
    const isKnown = keys.every(
      (key) => Math.max(FIRST, this.floor(instance, tenant, key)) === this.now(tenant, key).version,
    );
    return (
      isKnown && this.writes.every((write) => write.tenant !== tenant || write.confirmedAt !== undefined)
    );
  }

  /** Checks what a read gave at `now` that had started when `floor` was the oldest allowed. */
  check({ what, tenant, key, floor, now, isFresh = false }: Check, value: Value): void {
    const ageMs = now - value.loadedAt;
    // Jitter adds a tenth.
    const ageMsMax = value.freshMs * 1.1 + (isFresh ? 0 : value.staleMs);
    if (ageMs > ageMsMax + SLACK_MS) {
      this.violations.push(
        `${what} of tenant ${tenant}, key ${key} gave a value ${ageMs} ms old, not ${ageMsMax}`,
      );
    }
    if (value.tenant !== tenant || value.key !== key) {
      this.violations.push(`${what} of tenant ${tenant}, key ${key} gave ${JSON.stringify(value)}`);
    } else if (value.version < floor) {
      this.violations.push(
        `${what} of tenant ${tenant}, key ${key} gave version ${value.version}, at least ${floor} was promised`,
      );
    }
  }
}

/** What a read may give. */
export interface Check {
  readonly what: string;
  readonly tenant: number;
  readonly key: Key;
  /** The oldest version. */
  readonly floor: number;
  readonly now: number;
  /** Stale values are none. */
  readonly isFresh?: boolean;
}

/** What is true before anything is written. */
const FIRST = 1;
/** Redis expires by its own clock, which goes on while a schedule runs. */
const SLACK_MS = 100;

function table(version: number): readonly Map<Key, number>[] {
  return Array.from({ length: TENANTS }, () => new Map(keys.map((key) => [key, version])));
}
