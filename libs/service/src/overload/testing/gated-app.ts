import { AsyncLocalStorage } from 'node:async_hooks';
import { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics } from '@ganitagya/metrics';
import { createAdmission, type Admission, type AdmissionOptions, type Entrant } from '@ganitagya/resilience';
import fastify from 'fastify';
import { handleProblems } from '../../errors/problem-handler.ts';
import { problem } from '../../errors/problem.ts';
import { SharedPortServer } from '../../http/listeners/shared-port-server.ts';
import { Answer } from '../answer.ts';
import { overload } from '../overload.ts';

/** Room for one request, and for nobody to wait. */
export const NARROW: AdmissionOptions = { limit: { initial: 1, min: 1, max: 1 }, queue: { size: 0 } };

/** Which request runs here, as it was before the gate. */
export const currentUrl = new AsyncLocalStorage<string>();

/** A listening app behind a gate of its own, with routes that end in every way there is. */
export async function gatedApp(t: TestContext, options: AdmissionOptions = {}) {
  const admission = createAdmission(options);
  const metrics = createMetrics({ service: 'gated' });
  const app = fastify({
    serverFactory: (onRequest) =>
      new SharedPortServer({ ServerResponse: Answer }, (request, response) =>
        currentUrl.run(request.url ?? '', () => onRequest(request, response)),
      ),
    trustProxy: '127.0.0.1',
  });
  handleProblems(app);
  await app.register(overload, { metrics, docsPath: '/docs', onHealth: () => undefined, admission });
  const seen: (string | undefined)[] = [];
  app.addHook('onRequest', (request, _reply, done) => {
    seen.push(currentUrl.getStore());
    if (isMadeUp(request.headers.authorization)) done(problem.unauthorized('no', 'No.'));
    else done();
  });
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  app.get('/quick', async () => ({ ok: true }));
  app.get('/held', async () => released.then(() => ({ ok: true })));
  app.get('/fails', async () => Promise.reject(new Error('on demand')));
  app.get('/missing', async () => Promise.reject(problem.notFound('thing.unknown', 'No such thing.')));
  app.get('/stream', (_request, reply) => reply.send(Readable.from(until(released))));
  app.get('/hijacked', async (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200);
    reply.raw.write('begin');
    await released;
    reply.raw.end();
  });
  app.get('/destroyed', (_request, reply) => void reply.raw.destroy());
  app.post('/quick', async () => ({ ok: true }));
  app.get(
    '/lifted',
    { config: { priority: { withToken: 'reading', withoutToken: 'background' } } },
    async () => ({
      ok: true,
    }),
  );
  app.get('/docs/page', async () => ({ ok: true }));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(async () => {
    release();
    app.server.closeAllConnections();
    await app.close();
    metrics.close();
  });
  return { app, url, admission, metrics, release: () => release(), seen };
}

/** As identity would find out. */
function isMadeUp(authorization = ''): boolean {
  return Buffer.from(authorization.split('.')[1] ?? '', 'base64url').includes('made up');
}

/** Overloads an admission with requests of nobody until it refuses the whole of the last priority, and takes them away again. */
export function raiseLevel(admission: Admission, clock: { nowMs: number }): void {
  for (let turn = 0; turn < 1_000 && admission.level < 128; turn += 1) {
    const inside: Entrant[] = [];
    for (let request = 0; request < 20; request += 1) {
      const entrant: Entrant = {
        priority: request % 2 === 0 ? 'background' : 'browsing',
        cohort: () => 0,
        admitted: () => void inside.push(entrant),
        refused: () => undefined,
      };
      admission.enter(entrant);
    }
    clock.nowMs += 200;
    admission.noteTurn(200);
    for (const entrant of inside) admission.leave(entrant, 'done');
  }
  if (admission.level < 128) throw new Error('the level does not rise');
}

async function* until(released: Promise<void>) {
  yield 'begin, ';
  await Promise.race([released, sleep(60_000, undefined, { ref: false })]);
  yield 'end';
}
