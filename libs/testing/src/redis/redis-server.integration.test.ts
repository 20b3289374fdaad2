import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { isMissingProgram } from '../process/find-on-path.ts';
import { redisForTest, startRedis } from './redis-server.ts';

/** One inline command, one answer. */
async function ask(port: number, command: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  } finally {
    socket.destroy();
  }
}

test('Redis answers, freezes, thaws, dies and comes back empty on its port', async (t) => {
  const redis = await redisForTest(t);
  assert.equal(await ask(redis.port, 'SET key value'), '+OK\r\n');

  redis.freeze();
  let answered = false;
  const answer = ask(redis.port, 'PING').then((text) => {
    answered = true;
    return text;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(answered, false);
  redis.thaw();
  assert.equal(await answer, '+PONG\r\n');

  await redis.kill();
  await assert.rejects(ask(redis.port, 'PING'), { code: 'ECONNREFUSED' });
  await redis.start();
  assert.equal(await ask(redis.port, 'GET key'), '$-1\r\n');
});

test('with a data folder Redis finds its keys again', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ganitagya-redis-durable-'));
  const first = await startRedis({ dataDir });
  await ask(first.port, 'SET key value');
  await first.stop();
  const second = await redisForTest(t, { dataDir });
  t.after(() => rmSync(dataDir, { recursive: true, force: true }));
  assert.equal(await ask(second.port, 'GET key'), '$5\r\nvalue\r\n');
});

test('without redis-server the error names the line to run', async (t) => {
  const path = process.env['PATH'];
  process.env['PATH'] = '/nonexistent';
  t.after(() => {
    process.env['PATH'] = path;
  });
  await assert.rejects(startRedis(), (error) => {
    assert.ok(isMissingProgram(error));
    assert.match(error.message, /apt-get install redis-server/);
    return true;
  });
});
