import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fillTemplates } from '../template.ts';
import { createClient, type Client } from './client.ts';
import { freePort } from './free-port.ts';
import { startNginx, type Nginx } from './nginx.ts';

const FIXTURE = join(import.meta.dirname, '..', '..', 'test-fixtures', 'original.conf');

/** Changes a text, as a reader of the guide would mend it. */
export type Mend = (text: string) => string;

/** Moves the zones out of `server`: the least that must be mended for the original to load at all. */
export const zonesInHttp: Mend = (text) => {
  const zones = text.match(/^ *limit_req_zone .*\n/gmu) ?? [];
  return text.replace(/^ *limit_req_zone .*\n/gmu, '').replace('http {\n', `http {\n${zones.join('')}`);
};

/** Gives the nested location for auth the proxy_pass that it does not inherit. */
export const authProxied: Mend = (text) =>
  text.replace('limit_req zone=login burst=5;', 'limit_req zone=login burst=5;\nproxy_pass http://backend;');

/** Writes the original into a new folder; returns the folder and the port it listens on. */
export async function writeOriginal(
  t: TestContext,
  upstreamPorts: readonly number[],
  ...mends: readonly Mend[]
): Promise<{ readonly folder: string; readonly port: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'original-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  const servers = upstreamPorts.map(
    (each) => `server 127.0.0.1:${each} weight=1 max_fails=3 fail_timeout=30s;`,
  );
  const values = { port: String(port), servers: servers.join('\n') };
  const filled = fillTemplates({ 'nginx.conf': await readFile(FIXTURE, 'utf8') }, values);
  const text = mends.reduce((mended, mend) => mend(mended), filled['nginx.conf'] ?? '');
  const user = process.getuid?.() === 0 ? 'user root;\n' : '';
  await writeFile(join(folder, 'nginx.conf'), user + text);
  await mkdir(join(folder, 'temp'));
  await mkdir(join(folder, 'site', 'static'), { recursive: true });
  return { folder, port };
}

/** Starts the original, mended just enough to load, in front of one or more services. */
export async function startOriginal(
  t: TestContext,
  upstreamPorts: readonly number[],
  ...mends: readonly Mend[]
): Promise<Client & { readonly folder: string; readonly nginx: Nginx }> {
  const { folder, port } = await writeOriginal(t, upstreamPorts, zonesInHttp, ...mends);
  const nginx = await startNginx(folder, port);
  t.after(nginx.stop);
  const client = createClient(port);
  t.after(client.close);
  return { ...client, folder, nginx };
}
