/** The part of an outgoing request that Node's `fetch` shows on its channels. */
export interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  /** Names and values in turns. */
  readonly headers: readonly string[];
  addHeader(name: string, value: string): void;
}

/** Where a request shows itself before it is sent. */
export const CREATED = 'undici:request:create';

/** Tells the receiver what the request is part of, unless the request itself does. */
export function addTraceParent(request: UndiciRequest, header: string): void {
  if (!request.headers.some((name) => name.toLowerCase() === 'traceparent'))
    request.addHeader('traceparent', header);
}
