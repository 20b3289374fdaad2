import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';

import { redisClusterForTest, startRedisCluster } from './redis-cluster.ts';

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

test('every key has one master, and the others say which', async (t) => {
  const { nodes } = await redisClusterForTest(t);
  assert.equal(new Set(nodes.map(({ id }) => id)).size, 3);
  for (const key of ['a', 'b', 'c', 'd']) {
    const answers = await Promise.all(nodes.map(({ port }) => ask(port, `SET ${key} value`)));
    const owner = nodes[answers.indexOf('+OK\r\n')];
    assert.ok(owner, `nobody has ${key}: ${answers.join('')}`);
    const moved = answers.filter((answer) => answer.startsWith('-MOVED '));
    assert.equal(moved.length, 2);
    for (const answer of moved) assert.ok(answer.trimEnd().endsWith(`127.0.0.1:${owner.port}`), answer);
  }
});

test('a stopped cluster leaves no process behind', async () => {
  const cluster = await startRedisCluster();
  await cluster.stop();
  for (const { pid } of cluster.nodes) assert.equal(existsSync(`/proc/${pid}`), false);
});
