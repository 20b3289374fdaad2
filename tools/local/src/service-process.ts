import { freePort } from '@ganitagya/testing';
import type { Part } from './keep-running.ts';
import { processPart } from './process-part.ts';
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
  const part = processPart(
    {
      name: `${app}-${instance}`,
      command: process.execPath,
      args: ['--disable-warning=ExperimentalWarning', 'src/main.ts'],
      cwd: inWorkspace('apps', app),
      env: { ...env, PORT: String(port), MANAGEMENT_PORT: String(managementPort) },
      readyWhen: /"msg":"listening"/,
      readyTimeoutMs: READY_TIMEOUT_MS,
      exitSignal: 'SIGKILL',
      log,
    },
    STOP_TIMEOUT_MS,
  );
  return { ...part, port, managementUrl: `http://127.0.0.1:${managementPort}` };
}
