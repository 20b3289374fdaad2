import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { completeOptions, type EdgeOptions } from '../options.ts';
import { renderEdge } from '../render.ts';
import { makeFolders, writeFiles } from '../write-files.ts';
import { createClient, type Client } from './client.ts';
import { freePort } from './free-port.ts';
import { startNginx, type Nginx } from './nginx.ts';
import { startUpstream, type Answer, type Upstream } from './upstream.ts';

/** A real nginx with our configuration; everything ends with the test. */
export interface RunningEdge extends Client {
  readonly folder: string;
  readonly port: number;
  readonly statusPort: number;
  readonly nginx: Nginx;
}

/** A server of the loopback, by its port. */
type Server = number | { readonly port: number; readonly weight?: number };

/** What a test changes about the edge; its upstreams are ports of the loopback. */
export type EdgeUnderTest = Omit<EdgeOptions, 'upstreams'> & {
  readonly auth?: readonly Server[];
  readonly courses?: readonly Server[];
  readonly aiTutor?: readonly Server[];
};

/** An upstream that closes after the test. */
export async function upstream(t: TestContext, answer?: Answer): Promise<Upstream> {
  const started = await startUpstream(answer);
  t.after(started.close);
  return started;
}

/** Renders, writes and starts the edge. An app without ports gets one where nobody listens. */
export async function startEdge(t: TestContext, changes: EdgeUnderTest = {}): Promise<RunningEdge> {
  const { auth, courses, aiTutor, ...rest } = changes;
  const [port, statusPort, closed] = [await freePort(), await freePort(), await freePort()];
  const servers = (list: readonly Server[] = [closed]) =>
    list.map((each) => ({ host: '127.0.0.1', ...(typeof each === 'number' ? { port: each } : each) }));
  const options: EdgeOptions = {
    listen: { address: '127.0.0.1', port },
    status: { port: statusPort },
    workers: { processes: 1, connections: 4096 },
    upstreams: { auth: servers(auth), courses: servers(courses), aiTutor: servers(aiTutor) },
    ...(process.getuid?.() === 0 ? { user: 'root' } : {}),
    ...rest,
  };
  const folder = await mkdtemp(join(tmpdir(), 'edge-'));
  const client = createClient(port);
  const running: Nginx[] = [];
  t.after(async () => {
    client.close();
    for (const each of running) await each.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await writeFiles(folder, renderEdge(options));
  await makeFolders(folder, completeOptions(options));
  const nginx = await startNginx(folder, port);
  running.push(nginx);
  return { ...client, folder, port, statusPort, nginx };
}
