import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

const SERVER = `
  const { appendFileSync } = require('node:fs');
  const server = require('node:http').createServer({ keepAliveTimeout: 75000 }, (request, response) => {
    appendFileSync(process.argv[1], request.method + ' ' + request.url + '\\n');
    setTimeout(() => response.end(String(process.pid)), 5);
    request.resume();
  });
  server.listen(0, '127.0.0.1', 4096, () => process.stdout.write(server.address().port + '\\n'));
`;

/** A service in a process of its own, which can be killed for real. Each answer takes 5 ms. */
export interface UpstreamProcess {
  readonly port: number;
  readonly kill: () => Promise<void>;
}

/** Starts the process, which adds each request to the file `journal`; it ends with the test at the latest. */
export async function startUpstreamProcess(t: TestContext, journal: string): Promise<UpstreamProcess> {
  const child = spawn(process.execPath, ['-e', SERVER, journal], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  t.after(kill);
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { port: Number(port.toString()), kill };
}
