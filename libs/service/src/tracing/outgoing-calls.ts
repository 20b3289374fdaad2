import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Attributes, Span } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';
import { currentTrace } from './current-trace.ts';
import type { TraceParent } from './trace-parent.ts';
import { addTraceParent, CREATED, type UndiciRequest } from './undici-request.ts';

type Start = (name: string, attributes: Attributes) => { readonly span: Span; readonly trace: TraceParent };

/** Spans of the calls by `fetch` that requests make, whose receivers are told which trace they are part of. */
export class OutgoingCalls {
  readonly #receiver: string;
  readonly #start: Start;
  readonly #spans = new WeakMap<object, Span>();
  readonly #listeners: readonly (readonly [channel: string, listener: (message: unknown) => void])[];

  /** `receiver` is the origin to which spans go, of which there are none. */
  constructor(receiver: string, start: Start) {
    this.#receiver = receiver;
    this.#start = start;
    this.#listeners = [
      [CREATED, (message) => this.#created((message as { request: UndiciRequest }).request)],
      ['undici:request:headers', (message) => this.#answered(message as AnsweredMessage)],
      ['undici:request:trailers', (message) => this.#ended((message as { request: object }).request)],
      ['undici:request:error', (message) => this.#failed(message as FailedMessage)],
    ];
    for (const [channel, listener] of this.#listeners) subscribe(channel, listener);
  }

  close(): void {
    for (const [channel, listener] of this.#listeners) unsubscribe(channel, listener);
  }

  #created(request: UndiciRequest): void {
    const origin = String(request.origin);
    if (currentTrace() === undefined || origin === this.#receiver) return;
    const { span, trace } = this.#start(request.method, {
      'http.request.method': request.method,
      'server.address': origin,
    });
    this.#spans.set(request, span);
    addTraceParent(request, trace.header);
  }

  #answered({ request, response }: AnsweredMessage): void {
    const span = this.#spans.get(request);
    span?.setAttribute('http.response.status_code', response.statusCode);
    if (response.statusCode >= 400) span?.setStatus({ code: SpanStatusCode.ERROR });
  }

  #ended(request: object): void {
    this.#spans.get(request)?.end();
  }

  #failed({ request, error }: FailedMessage): void {
    const span = this.#spans.get(request);
    span?.setStatus({ code: SpanStatusCode.ERROR });
    span?.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
    span?.end();
  }
}

interface AnsweredMessage {
  readonly request: object;
  readonly response: { readonly statusCode: number };
}

interface FailedMessage {
  readonly request: object;
  readonly error: unknown;
}
