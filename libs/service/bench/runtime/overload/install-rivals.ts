import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./rivals', import.meta.url));
const TIMEOUT_MS = 180_000;

/** Installs the rivals beside their adapter; the workspace's lock knows nothing of them. */
export async function installRivals(say: (text: string) => void): Promise<void> {
  if (existsSync(`${FOLDER}/node_modules/@fastify/under-pressure`)) return;
  say('installing the rivals (npm ci, once)');
  const npm = spawn('npm', ['ci', '--prefix', FOLDER, '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: FOLDER,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: TIMEOUT_MS,
  });
  const [code] = (await once(npm, 'exit')) as [number | null];
  if (code !== 0)
    throw new Error(`npm ci in ${FOLDER} failed; the benchmark compares with the packages there`);
}
