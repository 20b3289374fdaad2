import fp from 'fastify-plugin';
import { runInTrace, sampledTraceParent } from './trace-parent.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's `traceparent`, if its trace is recorded. */
    traceParent: string | undefined;
  }
}

/** What a request does belongs to the trace of its caller: its statements carry the id where the database shows them. */
export const tracedRequests = fp(
  async (app) => {
    app.decorateRequest('traceParent');
    app.addHook('onRequest', (request, _reply, done) => {
      request.traceParent = sampledTraceParent(request.headers['traceparent']);
      if (request.traceParent === undefined) done();
      else runInTrace(request.traceParent, done);
    });
    // Reading the body leaves the asynchronous context of onRequest; the handler must be inside again.
    app.addHook('preHandler', (request, _reply, done) => {
      if (request.traceParent === undefined) done();
      else runInTrace(request.traceParent, done);
    });
  },
  { name: 'traced-requests', fastify: '5.x' },
);
