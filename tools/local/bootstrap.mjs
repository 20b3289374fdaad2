// Run by `npm start` and `npm test` with whatever Node there is: installs the workspace and the servers it needs, then
// hands over to the workspace's own Node. Uses nothing but Node itself.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchPromtool, hasPromtool, promtoolFolder } from './promtool.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [command, ...rest] = process.argv.slice(2);
const servers = [
  { program: 'redis-server', packageName: 'redis-server' },
  { program: 'nginx', packageName: 'nginx' },
];

if (Number(process.versions.node.split('.')[0]) < 18) {
  fail(`Node 18 or newer is needed to begin with; this is ${process.version}.`);
}
if (command === 'start') start();
else if (command === 'test') test();
else fail('usage: bootstrap.mjs start [options] | test');

function start() {
  installWorkspace();
  installServers();
  handOver(['tools/local/src/start.ts', ...rest]);
}

function test() {
  installWorkspace();
  const missing = installServers();
  if (missing.length > 0) {
    fail(
      `The tests run on real servers and ${missing.map((each) => each.program).join(' and ')} cannot be found. Run:\n` +
        `  sudo apt-get install -y ${missing.map((each) => each.packageName).join(' ')}`,
    );
  }
  requirePromtool();
  const env = { ...workspaceEnv(), NX_DAEMON: 'false', NX_NO_CLOUD: 'true', CI: 'true' };
  const { status } = spawnSync('npm', ['run', '--silent', 'check'], { cwd: root, stdio: 'inherit', env });
  process.exit(status ?? 1);
}

/** `npm ci` when the lock file is not the one that was installed. */
function installWorkspace() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.ganitagya-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('installing the workspace (npm ci) …');
  const startedAt = Date.now();
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) fail('npm ci failed; its own message is above.');
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stamp, wanted);
  console.log(`installed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

/** Installs missing servers where that is possible without asking; returns those still missing. */
function installServers() {
  const missing = servers.filter(({ program }) => !isOnPath(program));
  if (missing.length === 0) return [];
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !isOnPath('apt-get') || process.env.GANITAGYA_APT === '0') return missing;
  const names = missing.map((each) => each.packageName);
  console.log(`installing ${names.join(' and ')} with apt-get (GANITAGYA_APT=0 turns this off) …`);
  const options = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  const install = () =>
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], options).status === 0;
  spawnSync('apt-get', ['update', '-qq'], options);
  if (!install()) console.log(`apt-get could not install ${names.join(' and ')}`);
  return servers.filter(({ program }) => !isOnPath(program));
}

function requirePromtool() {
  if (isOnPath('promtool') || hasPromtool(root)) return;
  if (isOnPath('apt-get') && process.env.GANITAGYA_APT !== '0') {
    console.log('loading promtool with apt-get into .local/bin (GANITAGYA_APT=0 turns this off) …');
    if (fetchPromtool(root)) return;
  }
  fail(
    'The tests need promtool, which comes with Prometheus (apt-get install prometheus, or prometheus.io/download).',
  );
}

function isOnPath(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function workspaceEnv() {
  const path = [
    join(root, 'node_modules', '.bin'),
    process.env.PATH,
    '/usr/sbin',
    '/usr/local/sbin',
    promtoolFolder(root),
  ].join(delimiter);
  return { ...process.env, PATH: path };
}

/** Runs a script on the workspace's Node; signals go to it, and its end is ours. */
function handOver(args) {
  const node = join(root, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(node))
    fail(`The workspace's Node is missing at ${node}; remove node_modules and try again.`);
  const child = spawn(node, args, { cwd: root, stdio: 'inherit', env: workspaceEnv() });
  // The terminal sends Ctrl-C to the child as well, but `kill -INT` does not; hearing it twice does no harm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  whenNpmIsGone(() => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

/** npm runs this below a shell; when one of the two is killed, nobody is left to stop what was started. */
function whenNpmIsGone(stop) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const ancestry = () => [process.ppid, parentOf(process.ppid)].join();
  const before = ancestry();
  setInterval(() => ancestry() !== before && stop(), 1_000).unref();
}

function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  } catch {
    return undefined;
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
