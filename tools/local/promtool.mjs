// Gets promtool, with which the rules and series of Prometheus are tested, where Debian's packages can be had. Nothing is
// installed: the package is loaded and verified by apt, and the one program of it is kept below `.local`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const STEP_TIMEOUT_MS = 180_000;

/** Where promtool is kept; the folder belongs on PATH, behind what is installed. */
export function promtoolFolder(root) {
  return join(root, '.local', 'bin');
}

/** Whether it is there already. */
export function hasPromtool(root) {
  return existsSync(join(promtoolFolder(root), 'promtool'));
}

/** Puts promtool there, without being root; false where that can't be done. */
export function fetchPromtool(root) {
  const folder = promtoolFolder(root);
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'prometheus-'));
  try {
    if (!download(work) || !unpack(work)) return false;
    // At once: another run may be about to do the same.
    renameSync(join(work, 'tree', 'usr', 'bin', 'promtool'), join(folder, 'promtool'));
    return true;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** First with the package lists of the system; where these are missing or too old, with lists of our own. */
function download(work) {
  return apt(work, [], ['download', 'prometheus']) || downloadWithOwnLists(work);
}

function downloadWithOwnLists(work) {
  for (const part of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(work, part), { recursive: true });
  const own = [`Dir::State::lists=${join(work, 'lists')}`, `Dir::Cache=${join(work, 'cache')}`];
  return apt(work, own, ['update', '-qq']) && apt(work, own, ['download', 'prometheus']);
}

function apt(cwd, options, args) {
  const all = [
    'Acquire::Retries=1',
    'Acquire::http::Timeout=20',
    'Acquire::https::Timeout=20',
    // As root, apt would load as a user that can't write here.
    ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
    ...options,
  ];
  return run('apt-get', [...all.flatMap((option) => ['-o', option]), ...args], cwd);
}

function unpack(work) {
  const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
  if (archive === undefined) return false;
  return (
    run('dpkg-deb', ['-x', archive, 'tree'], work) && existsSync(join(work, 'tree', 'usr', 'bin', 'promtool'))
  );
}

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'ignore', timeout: STEP_TIMEOUT_MS });
  return status === 0;
}
