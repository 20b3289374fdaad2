import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The user a child process runs as, when it may not run as ours. */
export type Account = { readonly uid: number; readonly gid: number };

/** Postgres refuses to run as root: `nobody` then, and undefined (our own account) otherwise. */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error('/etc/passwd has no user nobody to run Postgres as');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Whether the account may walk down to this existing path (execute permission on each folder above it). */
export function canReach(account: Account | undefined, path: string): boolean {
  if (account === undefined) return true;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
