import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TIMEOUT_MS = 10_000;

/** Whether this nginx knows a directive of `http`: distributions carry some back to older versions. */
export function knowsDirective(nginx: string, directive: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'edge-probe-'));
  try {
    const paths = `pid nginx.pid; error_log stderr; events {} http { access_log off; client_body_temp_path body;
      proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi; ${directive} }`;
    writeFileSync(join(folder, 'nginx.conf'), paths);
    const { status, stderr, error } = spawnSync(
      nginx,
      ['-e', 'stderr', '-p', folder, '-c', 'nginx.conf', '-t'],
      {
        encoding: 'utf8',
        timeout: TIMEOUT_MS,
      },
    );
    if (error !== undefined) throw new Error(`cannot run ${nginx}: ${error.message}`, { cause: error });
    if (status !== 0 && !stderr.includes('unknown directive')) throw new Error(`${nginx} says: ${stderr}`);
    return status === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
