import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { canReach, type Account } from '../process/account.ts';
import { runProgram } from '../process/run-program.ts';
import type { PostgresBinaries } from './binaries.ts';

/** The database that exists from the start. */
export const DATABASE = 'ganitagya';
/** The superuser. */
export const SUPERUSER = 'postgres';

const PRIMARY = 'primary';
const PASSWORDS = 'passwords';

/** A folder that holds one cluster: its password file, its primary and its replicas. */
export type DataFolder = {
  readonly path: string;
  readonly isTemporary: boolean;
  readonly password: string;
  /** A libpq password file, for the replicas' connections to the primary. */
  readonly passwordFile: string;
};

type Runtime = {
  readonly binaries: PostgresBinaries;
  readonly account: Account | undefined;
  readonly log: ((line: string) => void) | undefined;
  readonly signal: AbortSignal | undefined;
};

/** Opens or creates the cluster's folder: a temporary one, or one that keeps its data. */
export function openDataFolder(dataDir: string | undefined, runtime: Runtime): DataFolder {
  const path =
    dataDir === undefined
      ? mkdtempSync(join(tmpdir(), 'ganitagya-pg-'))
      : reachable(resolve(dataDir), runtime);
  if (runtime.account) chownSync(path, runtime.account.uid, runtime.account.gid);
  const passwordFile = join(path, PASSWORDS);
  if (!existsSync(passwordFile)) {
    writeOwned(
      passwordFile,
      `*:*:*:${SUPERUSER}:${randomBytes(18).toString('base64url')}\n`,
      runtime.account,
    );
  }
  const password = readFileSync(passwordFile, 'utf8').trim().split(':')[4];
  if (password === undefined) throw new Error(`${passwordFile} holds no password`);
  return { path, isTemporary: dataDir === undefined, password, passwordFile };
}

/** Creates the primary's data once. A half-made one is thrown away. */
export async function initPrimary(folder: DataFolder, runtime: Runtime): Promise<string> {
  const { binaries, account, log, signal } = runtime;
  const path = join(folder.path, PRIMARY);
  if (existsSync(path)) return path;
  log?.(`creating a database cluster in ${path}`);
  const half = `${path}.new`;
  const passwordOnly = join(folder.path, 'password.new');
  rmSync(half, { recursive: true, force: true });
  writeOwned(passwordOnly, folder.password, account);
  const options = { cwd: folder.path, account, signal };
  try {
    await runProgram(
      binaries.initdb,
      [
        `--pgdata=${half}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordOnly}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
        ...(folder.isTemporary ? ['--no-sync'] : []),
      ],
      options,
    );
    await runProgram(binaries.postgres, ['--single', '-D', half, 'postgres'], {
      ...options,
      input: `create database ${DATABASE};\n`,
    });
  } finally {
    rmSync(passwordOnly, { force: true });
  }
  renameSync(half, path);
  return path;
}

/**
 * Makes a replica's data from the stopped primary's. A folder that is not a standby's (half copied, or promoted in an
 * earlier run) is made again.
 */
export async function copyToReplica(folder: DataFolder, name: string, runtime: Runtime): Promise<string> {
  const { account, log, signal } = runtime;
  const path = join(folder.path, name);
  const standbySignal = join(path, 'standby.signal');
  if (existsSync(standbySignal)) return path;
  log?.(`copying the primary to ${path}`);
  rmSync(path, { recursive: true, force: true });
  await runProgram('cp', ['-Rp', join(folder.path, PRIMARY), path], { cwd: folder.path, account, signal });
  rmSync(join(path, 'postmaster.pid'), { force: true });
  writeOwned(standbySignal, '', account);
  return path;
}

/** Removes a throw-away folder, and what a killed server left in the kernel (a shared memory segment each). */
export function removeDataFolder(folder: DataFolder): void {
  for (const name of existsSync(folder.path) ? readdirSync(folder.path) : []) {
    const lock = join(folder.path, name, 'postmaster.pid');
    // Line 7 of the lock file: key and id of the segment.
    const segment = existsSync(lock) && readFileSync(lock, 'utf8').split('\n')[6]?.trim().split(/\s+/)[1];
    if (segment) spawnSync('ipcrm', ['-m', segment], { stdio: 'ignore' });
  }
  rmSync(folder.path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** Removes a lock file whose process is gone or is not a Postgres (process ids are used again). */
export function removeStaleLock(path: string): void {
  const lock = join(path, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  if (!isPostgres(pid)) rmSync(lock, { force: true });
}

function isPostgres(pid: number): boolean {
  try {
    return execFileSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).includes('postgres');
  } catch {
    // ps ends with 1 when there is no such process.
    return false;
  }
}

function reachable(path: string, { account, log }: Runtime): string {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  if (canReach(account, path)) return path;
  const key = createHash('sha256').update(path).digest('hex').slice(0, 12);
  const replacement = join('/var/tmp', `ganitagya-data-${key}`);
  log?.(`keeping the databases in ${replacement}: the account they run as cannot reach ${path}`);
  mkdirSync(replacement, { recursive: true, mode: 0o700 });
  return replacement;
}

function writeOwned(path: string, content: string, account: Account | undefined): void {
  writeFileSync(path, content, { mode: 0o600 });
  if (account) chownSync(path, account.uid, account.gid);
}
