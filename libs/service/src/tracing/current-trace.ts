import { AsyncLocalStorage } from 'node:async_hooks';
import type { TraceParent } from './trace-parent.ts';

const storage = new AsyncLocalStorage<TraceParent>();

/** Runs work, and everything it starts, as part of a trace. */
export function runInTrace<T>(trace: TraceParent, work: () => T): T {
  return storage.run(trace, work);
}

/** What the code that runs now is part of. */
export function currentTrace(): TraceParent | undefined {
  return storage.getStore();
}

/** The `traceparent` of the code that runs now, if its trace is recorded. */
export function currentTraceParent(): string | undefined {
  const trace = storage.getStore();
  return trace?.isSampled === true ? trace.header : undefined;
}
