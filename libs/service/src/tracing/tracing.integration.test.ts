import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { startPostgres, waitFor, type PostgresCluster } from '@ganitagya/testing';
import { pino } from 'pino';
import { Type } from 'typebox';
import { loadConfig } from '../config/load-config.ts';
import { platformConfig } from '../config/platform-config.ts';
import { openService } from '../open-service.ts';
import type { ServiceDefinition } from '../platform.ts';
import { startOtlpReceiver, type ReceivedSpan } from './testing/otlp-receiver.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const CLIENT = 3;
const SERVER = 2;
const ERROR = 2;

/** Does of everything one: a statement, a load with a statement in it, and a call of another service. */
const busy = (other: string): ServiceDefinition<ReturnType<typeof Type.Object>> => ({
  name: 'busy',
  config: Type.Object({}),
  docsPath: '/docs',
  build: (platform) => async (app) => {
    const db = platform.database();
    const statement = () => db.selectNoFrom((eb) => eb.val(1).as('one')).execute();
    const policies = platform.policies({ other: { timeoutMs: 2_000, retry: { attempts: 2, baseMs: 1 } } });
    app.get('/all/:key', async (request) => {
      const { key } = request.params as { key: string };
      await statement();
      await platform.cache.getOrSet(key, () => statement());
      request.log.warn('done');
      return (await fetch(`${other}/there`)).status;
    });
    app.get('/retried', () =>
      policies.execute('other', async () => {
        throw new TypeError('not today');
      }),
    );
  },
});

describe('traces', () => {
  let cluster: PostgresCluster;
  let other: Server;
  let heard: (string | undefined)[] = [];
  let otherUrl = '';

  before(async () => {
    cluster = await startPostgres();
    other = createServer((request, response) => {
      heard.push(request.headers['traceparent'] as string | undefined);
      response.end('there');
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    otherUrl = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  });
  after(async () => {
    other.closeAllConnections();
    other.close();
    await cluster.stop();
  });

  async function open(t: TestContext, env: Record<string, string>) {
    heard = [];
    const lines: { readonly msg: string; readonly traceId?: string; readonly reqId?: string }[] = [];
    const write = (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]);
    const config = loadConfig(platformConfig, { DATABASE_URL: cluster.adminUrl, PORT: '0', ...env });
    const service = await openService(busy(otherUrl), config, pino({ level: 'warn' }, { write }));
    let isClosed = false;
    const close = async () => {
      if (!isClosed) await service.close();
      isClosed = true;
    };
    t.after(close);
    return { app: service.app, close, lines };
  }

  const childrenOf = (spans: readonly ReceivedSpan[], parent: ReceivedSpan | undefined) =>
    spans.filter(({ parentSpanId }) => parentSpanId === parent?.spanId).map(({ name }) => name);

  test('show a request, its statements, its loads and what it asked of others, in one tree', async (t) => {
    const receiver = await startOtlpReceiver(t);
    const { app, close, lines } = await open(t, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_TRACES_SAMPLER_ARG: '1',
    });
    await app.inject({ url: '/all/a', headers: { 'x-request-id': 'request-1' } });
    await close();
    const { spans } = receiver;
    const request = spans.find(({ kind }) => kind === SERVER);
    assert.equal(request?.name, 'GET /all/:key');
    assert.equal(request.parentSpanId, undefined);
    assert.equal(request.resource['service.name'], 'busy');
    assert.deepEqual(
      [request.attributes['http.response.status_code'], request.attributes['ganitagya.request_id']],
      [200, 'request-1'],
    );
    assert.deepEqual(childrenOf(spans, request).sort(), ['GET', 'cache load', 'postgres select']);
    const load = spans.find(({ name }) => name === 'cache load');
    assert.deepEqual(childrenOf(spans, load), ['postgres select']);
    const call = spans.find(({ name, kind }) => name === 'GET' && kind === CLIENT);
    assert.deepEqual(heard, [`00-${request.traceId}-${call?.spanId ?? ''}-01`]);
    assert.equal(call?.attributes['http.response.status_code'], 200);
    assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 1);
    assert.ok(spans.every(({ durationMs }) => durationMs >= 0 && durationMs < 60_000));
    const entry = lines.find(({ msg }) => msg === 'done');
    assert.deepEqual([entry?.traceId, entry?.reqId], [request.traceId, 'request-1']);
  });

  test('go on where the caller began, if he records; if not, nobody does', async (t) => {
    const receiver = await startOtlpReceiver(t);
    const { app, close } = await open(t, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_TRACES_SAMPLER_ARG: '0',
    });
    await app.inject({ url: '/all/a', headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
    await app.inject({ url: '/all/b', headers: { traceparent: `00-${'a'.repeat(32)}-${PARENT}-00` } });
    await app.inject({ url: '/all/c' });
    await close();
    assert.ok(receiver.spans.length >= 5);
    assert.ok(receiver.spans.every(({ traceId }) => traceId === TRACE));
    assert.equal(receiver.spans.find(({ kind }) => kind === SERVER)?.parentSpanId, PARENT);
    assert.match(heard[0] ?? '', new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`, 'u'));
    assert.match(heard[1] ?? '', new RegExp(`^00-${'a'.repeat(32)}-[0-9a-f]{16}-00$`, 'u'));
    assert.match(heard[2] ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/u);
  });

  test('are handed on by a service that has no receiver, if they are recorded', async (t) => {
    const { app, lines } = await open(t, {});
    await app.inject({ url: '/all/a', headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
    await app.inject({ url: '/all/b', headers: { traceparent: `00-${TRACE}-${PARENT}-00` } });
    await app.inject({ url: '/all/c' });
    assert.deepEqual(heard, [`00-${TRACE}-${PARENT}-01`, undefined, undefined]);
    assert.deepEqual(
      lines.filter(({ msg }) => msg === 'done').map(({ traceId }) => traceId),
      [TRACE, TRACE, undefined],
    );
  });

  test('tell failures and retries', async (t) => {
    const receiver = await startOtlpReceiver(t);
    const { app, close } = await open(t, {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_TRACES_SAMPLER_ARG: '1',
    });
    await app.inject('/retried');
    await close();
    const request = receiver.spans.find(({ kind }) => kind === SERVER);
    assert.equal(request?.status, ERROR);
    assert.deepEqual(request.events, ['retry']);
  });

  for (const [what, start] of [
    ['away', async () => 'http://127.0.0.1:1'],
    ['silent', startSilent],
  ] as const) {
    test(`hurt nobody while the receiver is ${what}`, async (t) => {
      const { app, close, lines } = await open(t, {
        OTEL_EXPORTER_OTLP_ENDPOINT: await start(t),
        OTEL_TRACES_SAMPLER_ARG: '1',
      });
      for (let i = 0; i < 600; i += 1) assert.equal((await app.inject(`/all/k${i % 10}`)).statusCode, 200);
      if (what === 'away')
        await waitFor(() => lines.some(({ msg }) => msg === 'spans could not be sent'), {
          what: 'a word of it',
          timeoutMs: 30_000,
        });
      const startedAt = performance.now();
      await close();
      assert.ok(performance.now() - startedAt < 8_000);
      assert.ok(lines.filter(({ msg }) => msg === 'spans could not be sent').length <= 1);
    });
  }

  test('need nothing of OpenTelemetry to be loaded while there is no receiver', async () => {
    const program = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
      const { openService, platformConfig, loadConfig } = await import('@ganitagya/service');
      const { pino } = await import('pino');
      const open = async (env) => {
        const config = loadConfig(platformConfig, { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', PORT: '0', ...env });
        const definition = { name: 'none', docsPath: '/docs', build: () => async () => undefined };
        await (await openService({ ...definition, config: {} }, config, pino({ level: 'silent' }))).close();
        return loaded.filter((url) => url.includes('/sdk-trace/')).length;
      };
      const [without, with_] = [await open({}), await open({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' })];
      process.stdout.write(JSON.stringify({ without, isThereWith: with_ > 0 }));
    `;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { cwd: import.meta.dirname },
    );
    assert.deepEqual(JSON.parse(stdout), { without: 0, isThereWith: true });
  });
});

/** Takes what it gets and never answers. */
async function startSilent(t: TestContext): Promise<string> {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
