import type { AdmissionStats, RefusalReason } from './contract.ts';
import type { Priority } from './priority.ts';

type Counts<Key extends string> = Record<Key, number>;

/** What has happened so far, in plain integers. */
export class Tally implements AdmissionStats {
  readonly admitted = byPriority(() => 0);
  readonly queued = byPriority(() => 0);
  readonly refused = byPriority((): Counts<RefusalReason> => ({
    limit: 0,
    level: 0,
    queue_full: 0,
    waited_too_long: 0,
  }));

  snapshot(): AdmissionStats {
    return structuredClone({ admitted: this.admitted, queued: this.queued, refused: this.refused });
  }
}

function byPriority<T>(make: () => T): Record<Priority, T> {
  return { critical: make(), reading: make(), browsing: make(), background: make() };
}
