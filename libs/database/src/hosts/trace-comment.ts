const TRACEPARENT = /^[\da-f-]{1,64}$/;

/** A comment for the end of a statement (sqlcommenter); nothing for what could be more than a comment. */
export function traceComment(traceparent: string | undefined): string {
  if (traceparent === undefined || !TRACEPARENT.test(traceparent)) return '';
  return ` /*traceparent='${traceparent}'*/`;
}
