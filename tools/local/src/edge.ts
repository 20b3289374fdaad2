import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { freePort } from '@ganitagya/testing';
import { startFallbackEdge } from './fallback-edge.ts';
import { fingerprint } from './fingerprint.ts';
import type { Part } from './keep-running.ts';
import { processPart } from './process-part.ts';
import type { State } from './state.ts';
import type { Upstreams } from './upstreams.ts';
import { inWorkspace } from './workspace.ts';

const run = promisify(execFile);
const READY_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 5_000;
/** Its notices tell when it is ready. */
const FOREGROUND = 'daemon off; error_log stderr notice;';

/** The edge as a part: nginx, or where there is none a small proxy without limits and caching. */
export async function edgePart(
  state: State,
  port: number,
  upstreams: Upstreams,
  nginx: string | undefined,
  log: (line: string) => void,
): Promise<Part> {
  const staticRoot = await buildStatic(state);
  if (nginx === undefined) return startFallbackEdge(port, upstreams, staticRoot);
  const config = await renderConfig(state, port, upstreams, staticRoot);
  return processPart(
    {
      name: 'edge (nginx)',
      command: nginx,
      args: ['-p', config, '-c', 'nginx.conf', '-e', 'stderr', '-g', FOREGROUND],
      cwd: config,
      readyWhen: /start worker process /,
      readyTimeoutMs: READY_TIMEOUT_MS,
      exitSignal: 'SIGTERM',
      log,
    },
    STOP_TIMEOUT_MS,
  );
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
