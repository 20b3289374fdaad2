import type { Cache } from '@ganitagya/cache';
import type { Database } from '@ganitagya/database';
import type { Policies } from '@ganitagya/resilience';
import {
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { currentTrace, runInTrace } from './current-trace.ts';
import { OutgoingCalls } from './outgoing-calls.ts';
import { traceParentOf, type TraceParent } from './trace-parent.ts';
import type { RequestSpan, TracedRequest, Tracing, TracingOptions } from './tracing.ts';

/** Spans wait in memory until they are sent; beyond these they are dropped. */
const QUEUE = { maxQueueSize: 2_048, maxExportBatchSize: 512, scheduledDelayMillis: 2_000 };
const EXPORT_TIMEOUT_MS = 5_000;
const LAST_EXPORT_MS = 2_000;
const FAULT_EVERY_MS = 60_000;
const KEYS_SHOWN = 8;
const LIMITS = { attributeCountLimit: 32, attributeValueLengthLimit: 512, eventCountLimit: 32 };

/** Spans by the SDK of OpenTelemetry, sent over OTLP. What runs now is known by our own context, so it needs none. */
export class OtlpTracing implements Tracing {
  readonly #provider: TracerProvider;
  readonly #tellFault: (reason: string) => void;
  readonly #tracer: Tracer;
  readonly #calls: OutgoingCalls;
  /** The spans under way, to put events on. */
  readonly #spans = new WeakMap<TraceParent, Span>();

  constructor({ service, version, endpoint, ratio, onFault }: TracingOptions) {
    this.#tellFault = onceAMinute(onFault);
    hearFaults(this.#tellFault);
    const exporter = new OTLPTraceExporter({
      url: `${endpoint.replace(/\/+$/u, '')}/v1/traces`,
      timeoutMillis: EXPORT_TIMEOUT_MS,
    });
    this.#provider = new TracerProvider({
      resource: resourceFromAttributes({
        'service.name': service,
        'service.version': version,
        'process.pid': process.pid,
      }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      spanLimits: LIMITS,
      spanProcessors: [
        new BatchSpanProcessor({ exporter, exportTimeoutMillis: EXPORT_TIMEOUT_MS, ...QUEUE }),
      ],
    });
    this.#tracer = this.#provider.getTracer('@ganitagya/service');
    this.#calls = new OutgoingCalls(new URL(endpoint).origin, (name, attributes) =>
      this.#start(name, SpanKind.CLIENT, attributes, currentTrace()),
    );
  }

  startRequest({ method, route, requestId }: TracedRequest, caller: TraceParent | undefined): RequestSpan {
    const attributes = {
      'http.request.method': method,
      ...(route !== undefined && { 'http.route': route }),
      'ganitagya.request_id': requestId,
    };
    const name = route === undefined ? method : `${method} ${route}`;
    const { span, trace: own } = this.#start(name, SpanKind.SERVER, attributes, caller);
    return {
      trace: own,
      end(statusCode) {
        if (!span.isRecording()) return;
        if (statusCode !== undefined) span.setAttribute('http.response.status_code', statusCode);
        if (statusCode === undefined) span.setAttribute('error.type', 'client_gone');
        else if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      },
    };
  }

  observeDatabase(database: Database<unknown>): void {
    database.events.on('query', ({ host, route, reason, queryType, durationMs, error }) => {
      const parent = currentTrace();
      if (parent?.isSampled !== true) return;
      const attributes = {
        'db.system.name': 'postgresql',
        'db.operation.name': queryType,
        'server.address': host,
        'ganitagya.db.route': route,
        'ganitagya.db.reason': reason,
      };
      const startTime = Date.now() - durationMs;
      const { span } = this.#start(`postgres ${queryType}`, SpanKind.CLIENT, attributes, parent, startTime);
      if (error !== undefined) fail(span, error);
      span.end();
    });
  }

  observePolicies<Name extends string>(policies: Policies<Name>): void {
    const note = (event: string, attributes: Attributes) => {
      const current = currentTrace();
      if (current?.isSampled === true) this.#spans.get(current)?.addEvent(event, attributes);
    };
    const { events } = policies;
    events.on('retry', ({ name, attempt, delayMs }) =>
      note('retry', { policy: name, attempt, delay_ms: delayMs }),
    );
    events.on('timeout', ({ name, timeoutMs }) => note('timeout', { policy: name, timeout_ms: timeoutMs }));
    events.on('rejected', ({ name, reason }) => note('rejected', { policy: name, reason }));
    events.on('fallback', ({ name }) => note('fallback', { policy: name }));
  }

  observeLoads(cache: Cache): Cache {
    const getOrSet: Cache['getOrSet'] = (key, load, options) =>
      cache.getOrSet(key, this.#spanned(key, load), options);
    const getMany: Cache['getMany'] = (keys, loadMany, options) =>
      cache.getMany(keys, this.#spanned(keys.slice(0, KEYS_SHOWN).join(' '), loadMany), options);
    const replaced: Partial<Cache> = { getOrSet, getMany };
    return new Proxy(cache, {
      get(target, name) {
        const member: unknown = Reflect.get(replaced, name) ?? Reflect.get(target, name);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
  }

  async close(): Promise<void> {
    this.#calls.close();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_EXPORT_MS);
    });
    const sent = this.#provider.shutdown().catch((error: unknown) => this.#tellFault(String(error)));
    await Promise.race([sent, late]);
    clearTimeout(timer);
    diag.disable();
  }

  /** A load as a span, for what is inside of which it is the current one. */
  #spanned<Args extends unknown[], R>(key: string, load: (...args: Args) => R | Promise<R>) {
    return async (...args: Args): Promise<R> => {
      const parent = currentTrace();
      if (parent?.isSampled !== true) return load(...args);
      const attributes = { 'ganitagya.cache.key': key };
      const { span, trace: own } = this.#start('cache load', SpanKind.INTERNAL, attributes, parent);
      try {
        return await runInTrace(own, async () => load(...args));
      } catch (error) {
        fail(span, error);
        throw error;
      } finally {
        span.end();
      }
    };
  }

  #start(
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    parent: TraceParent | undefined,
    startTime?: number,
  ): { readonly span: Span; readonly trace: TraceParent } {
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote(parent));
    const options = { kind, attributes, ...(startTime !== undefined && { startTime }) };
    const span = this.#tracer.startSpan(name, options, context);
    const own = traceParentOf(span.spanContext());
    this.#spans.set(own, span);
    return { span, trace: own };
  }
}

function remote({ traceId, spanId, isSampled }: TraceParent) {
  return { traceId, spanId, traceFlags: isSampled ? 1 : 0, isRemote: true };
}

function fail(span: Span, error: unknown): void {
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.setAttribute('error.type', error instanceof Error ? error.name : 'unknown');
}

/** A receiver that is away fails each batch, and is worth a line a minute. */
function onceAMinute(tell: (reason: string) => void): (reason: string) => void {
  let toldAt = -Infinity;
  return (reason) => {
    if (performance.now() - toldAt < FAULT_EVERY_MS) return;
    toldAt = performance.now();
    tell(reason);
  };
}

/** The SDK tells its faults to one listener of the whole process. */
function hearFaults(tell: (reason: string) => void): void {
  const ignore = () => undefined;
  diag.setLogger(
    { error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
