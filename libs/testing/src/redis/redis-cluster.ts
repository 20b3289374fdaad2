import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../network/free-port.ts';
import { findOnPath, MissingProgramError } from '../process/find-on-path.ts';
import { startProcess, type ManagedProcess } from '../process/managed-process.ts';
import { sendSignal } from '../process/process-tree.ts';
import { waitFor } from '../wait-for.ts';

const SLOTS = 16_384;
const MASTERS_MIN = 3;
const READY_TIMEOUT_MS = 20_000;
const NODE_TIMEOUT_MS = 5_000;

/** One master. */
export type RedisClusterNode = { readonly id: string; readonly port: number; readonly pid: number };

/** A Redis Cluster on 127.0.0.1: masters only, the slots dealt out evenly, nothing kept. */
export type RedisCluster = { readonly nodes: readonly RedisClusterNode[]; stop(): Promise<void> };

/** Starts so many masters of the redis-server of PATH, 7 or later, and joins them. */
export async function startRedisCluster(masters = MASTERS_MIN): Promise<RedisCluster> {
  if (masters < MASTERS_MIN) throw new RangeError(`a cluster has ${MASTERS_MIN} masters or more`);
  const started: Started[] = [];
  const stop = async () => {
    await Promise.all(started.splice(0).map(end));
  };
  try {
    for (let index = 0; index < masters; index++) started.push(await startNode());
    const ids = await joinAll(started);
    const nodes = started.map(({ port, server }, index) => ({ id: ids[index] ?? '', port, pid: server.pid }));
    return { nodes, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A cluster that lives as long as the test. */
export async function redisClusterForTest(t: {
  after(stop: () => Promise<void>): void;
}): Promise<RedisCluster> {
  const cluster = await startRedisCluster();
  t.after(() => cluster.stop());
  return cluster;
}

type Started = {
  readonly port: number;
  readonly busPort: number;
  readonly folder: string;
  readonly server: ManagedProcess;
};

async function startNode(): Promise<Started> {
  const command = findOnPath('redis-server');
  if (command === undefined) throw new MissingProgramError('redis-server', 'redis-server');
  const [port, busPort] = [await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'ganitagya-redis-cluster-'));
  const settings = {
    bind: '127.0.0.1',
    port,
    daemonize: 'no',
    dir: folder,
    save: '',
    'cluster-enabled': 'yes',
    'cluster-port': busPort,
    'cluster-node-timeout': NODE_TIMEOUT_MS,
    // A master that is away must not silence the others.
    'cluster-require-full-coverage': 'no',
  };
  try {
    const server = await startProcess({
      name: 'redis',
      command,
      args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
      cwd: folder,
      readyWhen: /ready to accept connections/i,
      readyTimeoutMs: READY_TIMEOUT_MS,
      exitSignal: 'SIGKILL',
    });
    return { port, busPort, folder, server };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Deals out the slots and lets all meet; gives the ids when everybody knows of everything. */
async function joinAll(nodes: readonly Started[]): Promise<readonly string[]> {
  const share = Math.ceil(SLOTS / nodes.length);
  const [first] = nodes;
  for (const [index, { port }] of nodes.entries()) {
    const last = Math.min(SLOTS, (index + 1) * share) - 1;
    await ask(port, `CLUSTER ADDSLOTSRANGE ${index * share} ${last}`);
    await ask(port, `CLUSTER SET-CONFIG-EPOCH ${index + 1}`);
    if (first && index > 0) await ask(port, `CLUSTER MEET 127.0.0.1 ${first.port} ${first.busPort}`);
  }
  for (const { port } of nodes) {
    await waitFor(
      async () => {
        const info = await ask(port, 'CLUSTER INFO');
        return info.includes(`cluster_slots_ok:${SLOTS}`) && info.includes('cluster_state:ok');
      },
      { timeoutMs: READY_TIMEOUT_MS, what: 'a cluster that knows all its slots' },
    );
  }
  const answers = await Promise.all(nodes.map(({ port }) => ask(port, 'CLUSTER MYID')));
  return answers.map((answer) => answer.split('\r\n')[1] ?? '');
}

/** One inline command, one answer that fits into a packet. */
async function ask(port: number, command: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  try {
    await once(socket, 'connect');
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    const text = answer.toString();
    if (text.startsWith('-')) throw new Error(`${command}: ${text.trim()}`);
    return text;
  } finally {
    socket.destroy();
  }
}

async function end({ server, folder }: Started): Promise<void> {
  if (server.isRunning()) {
    // Nothing is kept, and a frozen process hears nothing else.
    sendSignal(server.pid, 'SIGKILL');
    await server.exited;
  }
  rmSync(folder, { recursive: true, force: true });
}
