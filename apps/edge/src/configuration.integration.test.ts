import assert from 'node:assert/strict';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { completeOptions, type EdgeOptions } from './options.ts';
import { renderEdge } from './render.ts';
import { checkNginx } from './testing/nginx.ts';
import { writeOriginal, zonesInHttp } from './testing/original.ts';
import { makeFolders, writeFiles } from './write-files.ts';

const isRoot = process.getuid?.() === 0;
const server = { host: '127.0.0.1', port: 3001 };
const upstreams = { auth: [server], courses: [server, { ...server, port: 3002 }], aiTutor: [server] };

async function prepare(t: TestContext, options: EdgeOptions): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFiles(folder, renderEdge(options));
  await makeFolders(folder, completeOptions(options));
  return folder;
}

const check = async (t: TestContext, options: EdgeOptions) => checkNginx(await prepare(t, options));

const loading: Record<string, EdgeOptions> = {
  'the defaults': { upstreams },
  'everything that can be set': {
    upstreams,
    listen: { address: '[::1]', port: 8090 },
    trustedProxies: ['10.0.0.0/8', '2001:db8::/32'],
    workers: { processes: 4, connections: 512 },
    accessLog: 'my logs/access.log',
    errorLog: 'my logs/error.log',
    pidPath: 'run a/nginx.pid',
    tempPath: 'run/temp; {अ} #1',
    ...(isRoot ? { user: 'root root' } : {}),
  },
  'no access log': { upstreams, accessLog: 'off' },
  'kubernetes, with names that resolve': {
    mode: 'kubernetes',
    upstreams: {
      auth: [{ host: 'localhost', port: 3000 }],
      courses: [{ host: 'localhost', port: 3000 }],
      aiTutor: [{ host: 'localhost', port: 3000 }],
    },
  },
};

for (const [name, options] of Object.entries(loading)) {
  test(`nginx accepts ${name}, without a warning`, async (t) => {
    const { ok, output } = await check(t, options);
    assert.ok(ok, output);
    assert.doesNotMatch(output, /\[(warn|error|alert|emerg)\]/u);
  });
}

test(
  'nobody in particular can run it, from any folder',
  { skip: isRoot ? false : 'all tests are that proof' },
  async (t) => {
    const folder = await prepare(t, { upstreams });
    for (const name of ['', ...(await readdir(folder, { recursive: true }))])
      await chown(join(folder, name), 65_534, 65_534);
    const { ok, output } = checkNginx(folder, { uid: 65_534, gid: 65_534 });
    assert.ok(ok, output);
  },
);

test('what this nginx does not know stays out unless it is asked for', async (t) => {
  const resolving = await check(t, { upstreams, resolvers: ['127.0.0.1'] });
  assert.ok(resolving.ok || resolving.output.includes('invalid parameter "resolve"'), resolving.output);
  const counting = await check(t, { upstreams, limits: { headerFields: 60 } });
  assert.ok(counting.ok || counting.output.includes('unknown directive "max_headers"'), counting.output);
});

test('the original does not load: limit_req_zone stands inside server', async (t) => {
  const { folder } = await writeOriginal(t, [3001]);
  const { ok, output } = checkNginx(folder);
  assert.equal(ok, false);
  assert.match(output, /"limit_req_zone" directive is not allowed here/u);
});

test('the original loads once its zones are moved to http', async (t) => {
  const { folder } = await writeOriginal(t, [3001], zonesInHttp);
  const { ok, output } = checkNginx(folder);
  assert.ok(ok, output);
});

test('the original with its directives in another order only warns, and loses the balancing method', async (t) => {
  const { folder } = await writeOriginal(t, [3001], zonesInHttp, (text) =>
    text.replaceAll('least_conn;', '').replaceAll('keepalive 64;', 'keepalive 64;\nleast_conn;'),
  );
  const { ok, output } = checkNginx(folder);
  assert.ok(ok, output);
  assert.match(output, /load balancing method redefined/u);
});

test('a nested location outside of its parent does not load', async (t) => {
  const { folder } = await writeOriginal(t, [3001], zonesInHttp, (text) =>
    text.replace('location /api/auth/', 'location /auth/'),
  );
  assert.match(checkNginx(folder).output, /location "\/auth\/" is outside location "\/api\/"/u);
});

test('a name that does not resolve stops the start', async (t) => {
  const nowhere = [{ host: 'nowhere.invalid', port: 3000 }];
  const { ok, output } = await check(t, { upstreams: { ...upstreams, auth: nowhere } });
  assert.equal(ok, false);
  assert.match(output, /host not found in upstream "nowhere\.invalid:3000"/u);
});
