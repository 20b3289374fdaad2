import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction, preHandlerHookHandler } from 'fastify';
import fp from 'fastify-plugin';
import { RequestLog } from '../http/request-log.ts';
import { runInTrace } from './current-trace.ts';
import { passTracesOn } from './pass-traces-on.ts';
import { parseTraceParent, type TraceParent } from './trace-parent.ts';
import type { Tracing } from './tracing.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The span of this request; without tracing, the caller's, if its trace is recorded. */
    trace: TraceParent | undefined;
  }
}

/** What a request does belongs to a trace: its statements, its loads, its calls of others and its log. */
export const tracedRequests = fp<{ readonly tracing: Tracing | undefined }>(
  async (app, { tracing }) => {
    app.decorateRequest('trace');
    if (tracing === undefined) {
      const stop = passTracesOn();
      app.addHook('onClose', async () => stop());
    }
    app.addHook('onRequest', (request, reply, done) => {
      const caller = parseTraceParent(request.headers['traceparent']);
      const trace = tracing === undefined ? sampled(caller) : startSpan(tracing, request, reply, caller);
      const traceId = trace?.traceId ?? caller?.traceId;
      if (traceId !== undefined && request.log instanceof RequestLog) request.log.traceId = traceId;
      request.trace = trace;
      enter(request, done);
    });
    // Reading the body leaves the asynchronous context of onRequest; the handler must be inside again.
    app.addHook('onRoute', (route) => {
      if ([route.method].flat().some((method) => !BODILESS.includes(method)))
        route.preHandler = [enterAgain, route.preHandler ?? []].flat();
    });
  },
  { name: 'traced-requests', fastify: '5.x' },
);

const BODILESS: readonly string[] = ['GET', 'HEAD'];

const enterAgain: preHandlerHookHandler = (request, _reply, done) => enter(request, done);

function enter({ trace }: FastifyRequest, done: HookHandlerDoneFunction): void {
  if (trace === undefined) done();
  else runInTrace(trace, done);
}

function sampled(caller: TraceParent | undefined): TraceParent | undefined {
  return caller?.isSampled === true ? caller : undefined;
}

function startSpan(
  tracing: Tracing,
  request: FastifyRequest,
  { raw }: FastifyReply,
  caller: TraceParent | undefined,
): TraceParent {
  const { method, id, routeOptions } = request;
  const span = tracing.startRequest({ method, route: routeOptions.url, requestId: id }, caller);
  raw.once('finish', () => span.end(raw.statusCode)).once('close', () => span.end(undefined));
  return span.trace;
}
