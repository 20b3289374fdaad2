import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./rivals', import.meta.url));
const TIMEOUT_MS = 180_000;

/**
 * Installs the rivals beside their adapters, when what is there is not what their lockfile says. They are no part of
 * the workspace: bentocache wants another major version of ioredis.
 */
export async function installRivals(say: (text: string) => void): Promise<void> {
  if (await isInstalled()) return;
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

/** Does npm's own record of what it installed have everything in the wanted versions? */
async function isInstalled(): Promise<boolean> {
  const wanted = await packagesOf(`${FOLDER}/package-lock.json`);
  const present = await packagesOf(`${FOLDER}/node_modules/.package-lock.json`).catch(() => undefined);
  return Object.entries(wanted).every(
    ([path, { version }]) => path === '' || present?.[path]?.version === version,
  );
}

async function packagesOf(file: string): Promise<Record<string, { version?: string }>> {
  const { packages } = JSON.parse(await readFile(file, 'utf8')) as {
    packages: Record<string, { version?: string }>;
  };
  return packages;
}
