import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { findOnPath, freePort, sendSignal, startProcess, type ManagedProcess } from '@ganitagya/testing';
import { startFallbackEdge } from './fallback-edge.ts';
import { fingerprint } from './fingerprint.ts';
import type { Part } from './keep-running.ts';
import type { State } from './state.ts';
import { inWorkspace } from './workspace.ts';

const run = promisify(execFile);
const STOP_TIMEOUT_MS = 5_000;

/** The ports of each service's processes. */
export type Upstreams = Readonly<
  Record<'auth' | 'courses' | 'aiTutor', readonly { host: string; port: number }[]>
>;

/** The edge as a part: nginx where it is installed, else a small proxy without limits and caching. */
export async function edgePart(
  state: State,
  port: number,
  upstreams: Upstreams,
  log: (line: string) => void,
): Promise<Part & { readonly kind: 'nginx' | 'fallback' }> {
  const nginx = findOnPath('nginx');
  const staticRoot = await buildStatic(state);
  if (nginx === undefined) return { kind: 'fallback', ...startFallbackEdge(port, upstreams, staticRoot) };
  const config = await renderConfig(state, port, upstreams, staticRoot);
  let running: ManagedProcess | undefined;
  const current = () => {
    if (running === undefined) throw new Error('the edge has not been started');
    return running;
  };
  return {
    kind: 'nginx',
    name: 'edge (nginx)',
    async start() {
      running = await startProcess({
        name: 'nginx',
        command: nginx,
        args: [
          '-p',
          config,
          '-c',
          'nginx.conf',
          '-e',
          'stderr',
          '-g',
          'daemon off; error_log stderr notice;',
        ],
        cwd: config,
        readyWhen: /start worker process /,
        readyTimeoutMs: 10_000,
        exitSignal: 'SIGTERM',
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

/** Assembles what `/` and `/static/` serve, once per version of it. */
async function buildStatic(state: State): Promise<string> {
  const out = state.join('static');
  const print = fingerprint(inWorkspace('apps', 'edge', 'src'), inWorkspace('apps', 'edge', 'static-src'));
  if (existsSync(out) && state.isDone('static', print)) return out;
  await run(process.execPath, ['src/build-static.ts', '--out', out], { cwd: inWorkspace('apps', 'edge') });
  state.markDone('static', print);
  return out;
}

async function renderConfig(
  state: State,
  port: number,
  upstreams: Upstreams,
  staticRoot: string,
): Promise<string> {
  const out = state.join('nginx');
  const options = state.join('edge.json');
  const isRoot = process.getuid?.() === 0;
  writeFileSync(
    options,
    JSON.stringify({
      listen: { address: '127.0.0.1', port },
      status: { port: await freePort() },
      upstreams,
      staticRoot,
      accessLog: state.join('logs', 'access.log'),
      // The workspace may lie where only root can read.
      ...(isRoot ? { user: 'root' } : {}),
    }),
  );
  await run(process.execPath, ['src/main.ts', 'render', '--out', out, '--config', options], {
    cwd: inWorkspace('apps', 'edge'),
  });
  return out;
}
