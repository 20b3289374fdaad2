import { spawn, spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const START_DEADLINE_MS = 20_000;

/** A running nginx and what it has written to stderr so far. */
export interface Nginx {
  readonly pid: number;
  readonly errors: () => string;
  readonly stop: () => Promise<void>;
}

/** What `nginx -t` says of a configuration, asked as this or as another user. */
export function checkNginx(
  folder: string,
  user: { readonly uid?: number; readonly gid?: number } = {},
): { readonly ok: boolean; readonly output: string } {
  const { status, stderr } = spawnSync('nginx', ['-e', 'stderr', '-p', folder, '-c', 'nginx.conf', '-t'], {
    encoding: 'utf8',
    ...user,
  });
  return { ok: status === 0, output: stderr };
}

/** Starts the nginx of a folder and waits until it accepts connections on `port`. */
export async function startNginx(folder: string, port: number): Promise<Nginx> {
  const child = spawn('nginx', ['-e', 'stderr', '-p', folder, '-c', 'nginx.conf', '-g', 'daemon off;'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  const deadline = Date.now() + START_DEADLINE_MS;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`nginx did not start:\n${errors}`);
    }
    await delay(20);
  }
  return { pid: child.pid ?? 0, errors: () => errors, stop };
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
