import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ServerMessage, ServerQuestion } from './servers/report.ts';
import { onCore, SERVER_CORE } from './cores.ts';

/** A server in a process of its own, on the servers' core. */
export type ServerProcess = {
  readonly port: number;
  /** What it has used since it began, in microseconds. */
  cpuMicros(): Promise<number>;
  stop(): Promise<void>;
};

export type ServerOptions = {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/** Starts a program of `servers/` and waits until it listens. */
export async function startServer(
  program: string,
  { args, env = {} }: ServerOptions,
): Promise<ServerProcess> {
  const file = fileURLToPath(new URL(`./servers/${program}.ts`, import.meta.url));
  const { command, prefix } = onCore(SERVER_CORE, process.execPath);
  const child = spawn(command, [...prefix, file, ...args], {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { port } = await nextMessage(child, 'listening');
  return {
    port,
    async cpuMicros() {
      const told = nextMessage(child, 'cpu');
      child.send({ kind: 'cpu' } satisfies ServerQuestion);
      return (await told).micros;
    },
    async stop() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}

function nextMessage<K extends ServerMessage['kind']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<ServerMessage, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      child.off('message', onMessage).off('exit', onExit);
      act();
    };
    const onExit = (code: number | null) =>
      settle(() => reject(new Error(`the server ended with ${String(code)}`)));
    const onMessage = (message: ServerMessage) => {
      if (message.kind === kind) settle(() => resolve(message as Extract<ServerMessage, { kind: K }>));
    };
    child.on('message', onMessage).on('exit', onExit);
  });
}
