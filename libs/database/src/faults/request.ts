import { isDatabaseOverloaded, isDatabaseUnavailable } from '../errors.ts';
import type { Route } from '../events.ts';

/** `read` and `write` are the steady load, `slow` are long reads on top of it. */
export type RequestKind = 'read' | 'write' | 'slow';

/** How a request ended; `other` is a failure that callers have no type for. */
export type Outcome = 'ok' | 'overloaded' | 'unavailable' | 'other';

/** One try on one host. */
export type Attempt = {
  readonly host: string;
  readonly route: Route;
  readonly startMs: number;
  readonly endMs: number;
  readonly error: unknown;
};

/** One request as its caller saw it. Its latency counts from the moment it was due. */
export type RequestRecord = {
  readonly kind: RequestKind;
  readonly startMs: number;
  readonly endMs: number;
  readonly outcome: Outcome;
  readonly error: unknown;
  readonly attempts: readonly Attempt[];
  /** The newest write that a read showed. */
  readonly shown: number | undefined;
};

/** What a request waited for its answer or refusal. */
export function latencyMs({ startMs, endMs }: RequestRecord): number {
  return endMs - startMs;
}

/** Which kind of failure this is. */
export function outcomeOf(error: unknown): Outcome {
  if (isDatabaseOverloaded(error)) return 'overloaded';
  return isDatabaseUnavailable(error) ? 'unavailable' : 'other';
}
