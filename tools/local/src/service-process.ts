import { freePort, sendSignal, startProcess, type ManagedProcess } from '@ganitagya/testing';
import type { Part } from './keep-running.ts';
import { inWorkspace } from './workspace.ts';

/** One process of a service on ports of its own. */
export interface ServiceProcess extends Part {
  readonly port: number;
  readonly managementUrl: string;
}

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 10_000;

/** Prepares a process of `app`; nothing runs until `start`. A restart uses the same ports. */
export async function serviceProcess(
  app: string,
  instance: number,
  env: Readonly<Record<string, string>>,
  log: (line: string) => void,
): Promise<ServiceProcess> {
  const [port, managementPort] = [await freePort(), await freePort()];
  let running: ManagedProcess | undefined;
  const current = () => {
    if (running === undefined) throw new Error(`${app} has not been started`);
    return running;
  };
  return {
    name: `${app}-${instance}`,
    port,
    managementUrl: `http://127.0.0.1:${managementPort}`,
    async start() {
      running = await startProcess({
        name: `${app}-${instance}`,
        command: process.execPath,
        args: ['--disable-warning=ExperimentalWarning', 'src/main.ts'],
        cwd: inWorkspace('apps', app),
        env: { ...env, PORT: String(port), MANAGEMENT_PORT: String(managementPort) },
        readyWhen: /"msg":"listening"/,
        readyTimeoutMs: READY_TIMEOUT_MS,
        exitSignal: 'SIGKILL',
        log,
      });
    },
    exited: () => current().exited,
    async stop() {
      if (running?.isRunning() !== true) return;
      const { pid, exited } = running;
      const timer = setTimeout(() => sendSignal(pid, 'SIGKILL'), STOP_TIMEOUT_MS);
      sendSignal(pid, 'SIGTERM');
      await exited;
      clearTimeout(timer);
    },
  };
}
