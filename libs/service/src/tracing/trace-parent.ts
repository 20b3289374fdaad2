import { AsyncLocalStorage } from 'node:async_hooks';

/** Version, trace, parent, flags (W3C Trace Context); ids of zeros and version ff stand for none. */
const FORMAT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-([\da-f]{2})$/u;
const SAMPLED = 1;

const storage = new AsyncLocalStorage<string>();

/** The header as it is, if it is well-formed and its trace is recorded. */
export function sampledTraceParent(header: string | readonly string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  const flags = FORMAT.exec(header)?.[1];
  return flags !== undefined && (Number.parseInt(flags, 16) & SAMPLED) !== 0 ? header : undefined;
}

/** Runs work, and everything it starts, as part of a trace. */
export function runInTrace<T>(traceParent: string, work: () => T): T {
  return storage.run(traceParent, work);
}

/** The `traceparent` of the code that runs now, if its trace is recorded. */
export function currentTraceParent(): string | undefined {
  return storage.getStore();
}
