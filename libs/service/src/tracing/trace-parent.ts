/** Version, trace, parent, flags (W3C Trace Context); ids of zeros and version ff stand for none. */
const FORMAT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})$/u;
const SAMPLED = 1;

/** What a `traceparent` header says. */
export interface TraceParent {
  readonly header: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
}

/** Reads the header; undefined if there is none, or it is not well-formed. */
export function parseTraceParent(header: string | readonly string[] | undefined): TraceParent | undefined {
  if (typeof header !== 'string') return undefined;
  const [, traceId, spanId, flags] = FORMAT.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { header, traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}

/** What another service is told of a span. */
export function traceParentOf({ traceId, spanId, traceFlags }: SpanIds): TraceParent {
  const isSampled = (traceFlags & SAMPLED) !== 0;
  return { header: `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`, traceId, spanId, isSampled };
}

interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
}
