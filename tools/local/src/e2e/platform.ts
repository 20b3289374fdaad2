import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, sendSignal, startProcess, type Exit, type ManagedProcess } from '@ganitagya/testing';
import type { RunFile } from '../state.ts';
import { ROOT } from '../workspace.ts';

/** The whole platform, as `npm start` runs it, on a state folder of the test's own. */
export interface RunningPlatform extends ManagedProcess {
  readonly url: string;
  readonly lines: readonly string[];
  run(): RunFile;
  /** As Ctrl-C does. */
  interrupt(): Promise<Exit>;
}

/** A folder for one or more runs; `remove` deletes it. */
export function stateFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'ganitagya-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts the platform on a free port and waits until it says that it is ready. */
export async function startPlatform(
  state: string,
  { port, args = [] }: { readonly port?: number; readonly args?: readonly string[] } = {},
): Promise<RunningPlatform> {
  const edgePort = port ?? (await freePort());
  const lines: string[] = [];
  const started = await startProcess({
    name: 'npm start',
    command: process.execPath,
    args: ['tools/local/src/start.ts', '--state', state, '--port', String(edgePort), ...args],
    cwd: ROOT,
    readyWhen: /Ctrl-C stops everything/u,
    readyTimeoutMs: 180_000,
    exitSignal: 'SIGTERM',
    log: (line) => void lines.push(line),
  });
  return {
    ...started,
    url: `http://127.0.0.1:${edgePort}`,
    lines,
    run: () => JSON.parse(readFileSync(join(state, 'run.json'), 'utf8')) as RunFile,
    async interrupt() {
      sendSignal(started.pid, 'SIGINT');
      return started.exited;
    },
  };
}
