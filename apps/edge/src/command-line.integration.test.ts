import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { knowsDirective } from './nginx-probe.ts';
import { checkNginx } from './testing/nginx.ts';

const server = { host: '127.0.0.1', port: 3001 };
const config = JSON.stringify({ upstreams: { auth: [server], courses: [server], aiTutor: [server] } });

function run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const inherited = { ...process.env };
  delete inherited['EDGE_CONFIG'];
  return spawnSync(process.execPath, [join(import.meta.dirname, script), ...args], {
    encoding: 'utf8',
    env: { ...inherited, ...env },
  });
}

async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('render writes what a file or the environment says', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'edge.json'), config);
  const byFile = run('main.ts', [
    'render',
    '--out',
    join(folder, 'a'),
    '--config',
    join(folder, 'edge.json'),
  ]);
  assert.deepEqual([byFile.status, byFile.stderr], [0, '']);
  const byEnvironment = run('main.ts', ['render', '--out', join(folder, 'b')], { EDGE_CONFIG: config });
  assert.deepEqual([byEnvironment.status, byEnvironment.stderr], [0, '']);
  for (const name of ['nginx.conf', 'upstreams.conf', 'locations/courses.conf']) {
    assert.equal(
      readFileSync(join(folder, 'a', name), 'utf8'),
      readFileSync(join(folder, 'b', name), 'utf8'),
    );
  }
  for (const name of ['temp', 'logs', 'site']) assert.ok(existsSync(join(folder, 'a', name)), name);
});

test('render says what is wrong and writes nothing', async (t) => {
  const out = join(await temporaryFolder(t), 'out');
  const cases: [args: string[], env: NodeJS.ProcessEnv, message: RegExp][] = [
    [[], {}, /expected: render --out DIR/u],
    [['render', '--out', out], {}, /give --config FILE or set EDGE_CONFIG/u],
    [['render', '--out', out], { EDGE_CONFIG: '{' }, /EDGE_CONFIG is not JSON/u],
    [['render', '--out', out], { EDGE_CONFIG: '{"upstreams":{}}' }, /\/upstreams must have required/u],
  ];
  for (const [args, env, message] of cases) {
    const { status, stderr } = run('main.ts', args, env);
    assert.equal(status, 1);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /^\s+at /mu, 'no stack');
  }
  assert.equal(existsSync(out), false);
});

test('render leaves out what the given nginx does not know', async (t) => {
  const out = await temporaryFolder(t);
  const asked = run('main.ts', ['render', '--out', out, '--nginx', 'nginx'], { EDGE_CONFIG: config });
  assert.deepEqual([asked.status, asked.stderr], [0, '']);
  assert.ok(checkNginx(out).ok);
  const known = knowsDirective('nginx', 'max_headers 100;');
  assert.equal(readFileSync(join(out, 'http/clients.conf'), 'utf8').includes('max_headers 100;'), known);
  assert.equal(knowsDirective('nginx', 'no_such_directive on;'), false);

  const missing = run('main.ts', ['render', '--out', out, '--nginx', '/nowhere/nginx'], {
    EDGE_CONFIG: config,
  });
  assert.match(missing.stderr, /cannot run \/nowhere\/nginx/u);
});

test('both commands have a help text', () => {
  for (const script of ['main.ts', 'build-static.ts']) {
    const { status, stdout } = run(script, ['--help']);
    assert.equal(status, 0);
    assert.match(stdout, /^Usage: node src\//u);
  }
  assert.match(run('build-static.ts', []).stderr, /expected: --out DIR/u);
});
