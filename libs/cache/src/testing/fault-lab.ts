import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startProxy, startRedis, waitFor } from '@ganitagya/testing';
import type { FaultProxy, RedisServer } from '@ganitagya/testing';
import { keys } from '../faults/messages.ts';
import type { FromPeer, Key, Means, ToPeer } from '../faults/messages.ts';
import { Register } from '../faults/register.ts';

/** One process and its two ways to Redis. */
export interface LabPeer {
  readonly pid: number;
  readonly data: FaultProxy;
  readonly stream: FaultProxy;
}

/** Processes that read on and on while their truth is written and made known. */
export interface Lab {
  readonly server: RedisServer;
  readonly peers: readonly LabPeer[];
  readonly register: Register;
  /** Errors that readers got. */
  readonly errors: string[];
  write(by: number, key: Key, means: Means): void;
  /** Resolves when every process reads what is true. */
  converged(timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

interface Child extends LabPeer {
  readonly process: ChildProcess;
  readonly waiting: Map<number, (message: FromPeer) => void>;
}

/** Starts Redis and so many processes, all listening. */
export async function startLab(size: number): Promise<Lab> {
  const server = await startRedis();
  const register = new Register();
  const errors: string[] = [];
  const children = await Promise.all(
    Array.from({ length: size }, (_, index) => startPeer(server, index, register, errors)),
  );
  let requests = 0;
  const send = (child: Child | undefined, message: ToPeer) => child?.process.send(message);
  const look = (child: Child) =>
    new Promise<FromPeer>((resolve) => {
      const id = ++requests;
      child.waiting.set(id, resolve);
      send(child, { kind: 'look', id });
    });
  const isTrue = async (child: Child) => {
    const looked = await look(child);
    return (
      looked.kind === 'looked' && looked.versions.every(([key, version]) => version === register.version(key))
    );
  };
  return {
    server,
    peers: children,
    register,
    errors,
    write: (by, key, means) => {
      const id = ++requests;
      const done = register.write(by, key, means);
      children[by]?.waiting.set(id, (message) => {
        if (message.kind === 'invalidated') done(message);
      });
      send(children[by], { kind: 'invalidate', id, key, means });
    },
    converged: async (timeoutMs) => {
      await waitFor(async () => (await Promise.all(children.map(isTrue))).every(Boolean), {
        timeoutMs,
        what: `all of ${keys.length} keys being true in ${size} processes`,
      });
    },
    stop: async () => {
      server.thaw();
      await Promise.all(children.map(stopPeer));
      await server.stop();
    },
  };
}

async function startPeer(
  server: RedisServer,
  index: number,
  register: Register,
  errors: string[],
): Promise<Child> {
  const [data, stream] = await Promise.all([
    startProxy({ port: server.port }),
    startProxy({ port: server.port }),
  ]);
  const args = [`redis://127.0.0.1:${data.port}`, String(stream.port), 'faults'];
  const child = fork(join(import.meta.dirname, 'fault-peer.ts'), args, { execPath: process.execPath });
  const waiting = new Map<number, (message: FromPeer) => void>();
  const listening = Promise.withResolvers<undefined>();
  child.on('message', (message: FromPeer) => {
    switch (message.kind) {
      case 'listening':
        listening.resolve(undefined);
        return;
      case 'load':
        child.send({
          kind: 'truth',
          id: message.id,
          version: register.version(message.key),
        } satisfies ToPeer);
        return;
      case 'reads':
        register.noteReads(index, message.reads);
        errors.push(...message.errors);
        return;
      default:
        waiting.get(message.id)?.(message);
        waiting.delete(message.id);
    }
  });
  await listening.promise;
  return { pid: child.pid ?? 0, data, stream, process: child, waiting };
}

async function stopPeer({ process: child, data, stream }: Child): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
  await Promise.all([data.close(), stream.close()]);
}
