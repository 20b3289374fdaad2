import { AsyncLocalStorage } from 'node:async_hooks';

import type { DatabaseEvents } from '../events.ts';
import { outcomeOf, type Attempt, type RequestKind, type RequestRecord } from './request.ts';

/** Keeps what became of every request, with each host that was tried for it. */
export class Recorder {
  readonly requests: RequestRecord[] = [];
  // A `query` event is emitted where the statement ends, in the context of the request that asked for it.
  readonly #attempts = new AsyncLocalStorage<Attempt[]>();

  constructor(events: DatabaseEvents) {
    events.on('query', ({ host, route, durationMs, error }) => {
      const endMs = performance.now();
      this.#attempts.getStore()?.push({ host, route, startMs: endMs - durationMs, endMs, error });
    });
  }

  /** Runs a request that was due at `startMs`; what it resolves to is the newest write that it showed. Never rejects. */
  async record(kind: RequestKind, startMs: number, work: () => Promise<number | undefined>): Promise<void> {
    const attempts: Attempt[] = [];
    const keep = (end: Pick<RequestRecord, 'outcome' | 'error' | 'shown'>) =>
      this.requests.push({ kind, startMs, endMs: performance.now(), attempts, ...end });
    await this.#attempts.run(attempts, work).then(
      (shown) => keep({ outcome: 'ok', error: undefined, shown }),
      (error: unknown) => keep({ outcome: outcomeOf(error), error, shown: undefined }),
    );
  }
}
