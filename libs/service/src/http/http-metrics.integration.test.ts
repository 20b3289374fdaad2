import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, METHODS } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { waitFor } from '@ganitagya/testing';
import { openEcho } from '../fixtures/open-echo.ts';

const COUNT = /^http_request_duration_seconds_count\{(.*)\} (\d+)$/gmu;

const random = () => randomBytes(8).toString('hex');

describe('series of requests', () => {
  test('are no more after 10,000 random paths and methods', async (t) => {
    const service = await openEcho(t, { RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000' });
    const { port } = new URL(await service.listen());
    /** How many were counted, by labels without the status. */
    const counts = async () => {
      const { body } = await service.metrics();
      const byLabels = new Map<string, number>();
      for (const [, labels = '', count] of body.matchAll(COUNT)) {
        const key = labels.replace(/status_code="\d+"/u, '');
        byLabels.set(key, (byLabels.get(key) ?? 0) + Number(count));
      }
      return byLabels;
    };
    const total = (of: ReadonlyMap<string, number>) =>
      [...of.values()].reduce((sum, count) => sum + count, 0);

    /** Sends what no client library would, over one connection. */
    async function send(lines: readonly string[]): Promise<void> {
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(lines.map((line) => `${line} HTTP/1.1\r\nHost: echo\r\n\r\n`).join(''));
      socket.write('GET /pid HTTP/1.1\r\nHost: echo\r\nConnection: close\r\n\r\n');
      await text(socket);
    }

    const methods = METHODS.filter((method) => method !== 'CONNECT');
    await send(methods.map((method) => `${method} /nowhere`));
    const before = await counts();
    assert.ok(before.size <= 9, [...before.keys()].join('\n'));
    for (let batch = 0; batch < 100; batch += 1)
      await send(
        Array.from({ length: 95 }, (_, index) => {
          const method = methods[(batch * 95 + index) % methods.length] ?? 'GET';
          return `${method} /${random()}/${random()}?${random()}`;
        }),
      );
    for (let i = 0; i < 500; i += 1) await send([`M${random().toUpperCase()} /${random()}`]);
    const after = await counts();
    assert.deepEqual([...after.keys()].sort(), [...before.keys()].sort());
    assert.ok(total(after) - total(before) >= 9_500, `${total(after) - total(before)} counted`);
  });

  test('count those whose client was gone before the answer', async (t) => {
    const service = await openEcho(t);
    const request = get(`${await service.listen()}/slow/5000`);
    request.on('error', () => undefined);
    await waitFor(() => service.connections.inFlight === 1, { what: 'the request' });
    request.destroy();
    const gone = /^http_request_duration_seconds_count\{.*route="\/slow\/:ms",status_code="499".*\} 1$/mu;
    await waitFor(async () => gone.test((await service.metrics()).body), { what: 'its count' });
  });

  test('count refusals by rate limits', async (t) => {
    const service = await openEcho(t);
    for (let i = 0; i < 5; i += 1) await service.app.inject('/limited');
    assert.match((await service.metrics()).body, /^rate_limit_refusals_total\{by="address",.*\} 2$/mu);
  });
});
