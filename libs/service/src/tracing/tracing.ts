import type { Cache } from '@ganitagya/cache';
import type { Database } from '@ganitagya/database';
import type { Policies } from '@ganitagya/resilience';
import type { FastifyBaseLogger } from 'fastify';
import type { PlatformConfig } from '../config/platform-config.ts';
import { serviceVersion } from '../service-version.ts';
import type { TraceParent } from './trace-parent.ts';

/** Where spans go, and how many. */
export interface TracingOptions {
  readonly service: string;
  readonly version: string;
  /** The base address of an OTLP receiver that takes HTTP. */
  readonly endpoint: string;
  /** The share of the traces that begin here that is recorded; others are recorded if their caller does. */
  readonly ratio: number;
  readonly onFault: (message: string) => void;
}

/** A request as its span shows it. */
export interface TracedRequest {
  readonly method: string;
  /** The pattern of the route. */
  readonly route: string | undefined;
  readonly requestId: string;
}

/** The span of a request under way. */
export interface RequestSpan {
  readonly trace: TraceParent;
  /** With the status of the answer; undefined if the client was gone before. Only the first end counts. */
  end(statusCode: number | undefined): void;
}

/** Spans of what a service does. */
export interface Tracing {
  startRequest(request: TracedRequest, caller: TraceParent | undefined): RequestSpan;
  observeDatabase(database: Database<unknown>): void;
  observePolicies<Name extends string>(policies: Policies<Name>): void;
  /** The same cache, whose loads are spans. */
  observeLoads(cache: Cache): Cache;
  /** Sends what is left, for two seconds at most. */
  close(): Promise<void>;
}

/** Tracing, where it is wanted. Nothing of OpenTelemetry is loaded before. */
export async function openTracing(
  service: string,
  { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: ratio }: PlatformConfig,
  log: FastifyBaseLogger,
): Promise<Tracing | undefined> {
  if (endpoint === undefined) return undefined;
  const { OtlpTracing } = await import('./otlp-tracing.ts');
  const onFault = (reason: string) => log.warn({ endpoint, reason }, 'spans could not be sent');
  return new OtlpTracing({ service, version: serviceVersion(), endpoint, ratio, onFault });
}
