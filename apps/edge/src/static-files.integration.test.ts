import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { cacheControl, cacheRules } from '@ganitagya/service';
import type { Answered } from './testing/client.ts';
import { startEdge, upstream, type RunningEdge } from './testing/edge.ts';
import { startOriginal } from './testing/original.ts';
import { buildStaticSite } from './static-site.ts';

const occurrences = ({ rawHeaders }: Answered, name: string): number =>
  rawHeaders.filter((header, index) => index % 2 === 0 && header.toLowerCase() === name).length;

async function startWithFiles(t: TestContext, files: readonly string[]): Promise<RunningEdge> {
  const edge = await startEdge(t);
  await put(edge.folder, files);
  return edge;
}

async function put(folder: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(folder, 'site', file)), { recursive: true });
    await writeFile(join(folder, 'site', file), `content of ${file}`);
  }
}

test('only names that change with their content are kept for a year', async (t) => {
  const hashed = [
    'static/app-3f9a1c0b77e2.js',
    'static/app.3f9a1c0b77e2.css',
    'static/katex-0.19.1/fonts/a.woff2',
  ];
  const plain = [
    'static/app.js',
    'static/manifest.json',
    'static/report-20260101.txt',
    'static/katex/katex.css',
  ];
  const edge = await startWithFiles(t, [...hashed, ...plain]);
  for (const file of hashed) {
    const answer = await edge.call(`/${file}`);
    assert.equal(answer.status, 200, 'no regex location takes a script over');
    assert.equal(answer.headers['cache-control'], 'public, max-age=31536000, s-maxage=31536000, immutable');
    assert.equal(occurrences(answer, 'cache-control'), 1);
  }
  for (const file of plain) assert.equal((await edge.call(`/${file}`)).headers['cache-control'], 'no-cache');
});

test('a file that is not there yet is not kept for a year', async (t) => {
  const edge = await startEdge(t);
  const { status, headers } = await edge.call('/static/app-3f9a1c0b77e2.js');
  assert.deepEqual([status, headers['cache-control']], [404, 'no-store']);
});

test('images are kept for 30 days, videos for 7, by the table that services and CDN use', async (t) => {
  const edge = await startWithFiles(t, [
    'media/a.jpg',
    'media/b/c.WEBP',
    'media/d.mp4',
    'media/e.m3u8',
    'media/f.pdf',
  ]);
  const kept = async (path: string) => (await edge.call(path)).headers['cache-control'];
  assert.match(cacheControl(cacheRules.images), /max-age=2592000,/u);
  assert.match(cacheControl(cacheRules.videos), /max-age=604800,/u);
  assert.equal(await kept('/media/a.jpg'), cacheControl(cacheRules.images));
  assert.equal(await kept('/media/b/c.WEBP'), cacheControl(cacheRules.images));
  assert.equal(await kept('/media/d.mp4'), cacheControl(cacheRules.videos));
  assert.equal(await kept('/media/e.m3u8'), cacheControl(cacheRules.videos));
  assert.equal(await kept('/media/f.pdf'), 'no-cache');
  const part = await edge.call('/media/d.mp4', { headers: { range: 'bytes=0-6' } });
  assert.deepEqual([part.status, part.body], [206, 'content']);
});

test("the edge's own answers carry the security headers once, errors included", async (t) => {
  const edge = await startWithFiles(t, ['index.html', 'static/a.css', 'media/a.jpg']);
  for (const path of [
    '/',
    '/static/a.css',
    '/media/a.jpg',
    '/edge/health',
    '/static/missing.css',
    '/nowhere',
  ]) {
    const answer = await edge.call(path);
    assert.equal(answer.headers['server'], 'nginx', 'no version');
    assert.match(String(answer.headers['content-security-policy']), /^default-src 'none'/u);
    const names = ['x-content-type-options', 'x-frame-options', 'referrer-policy', 'content-security-policy'];
    for (const name of [...names, 'x-request-id', 'cache-control']) {
      assert.equal(occurrences(answer, name), 1, `${name} of ${path}`);
    }
  }
});

test('what a service says of caching and security is not said twice, and what it leaves out is added', async (t) => {
  const own = {
    'x-frame-options': 'SAMEORIGIN',
    'referrer-policy': 'same-origin',
    'x-request-id': 'own',
    'cache-control': cacheControl(cacheRules.publicApi),
  };
  const courses = await upstream(t, (_request, response) => void response.writeHead(200, own).end());
  const edge = await startEdge(t, { courses: [courses.port] });
  const answer = await edge.call('/api/courses');
  for (const [name, value] of Object.entries({ ...own, 'x-content-type-options': 'nosniff' })) {
    assert.deepEqual([answer.headers[name], occurrences(answer, name)], [value, 1]);
  }
  assert.equal(answer.headers['content-security-policy'], undefined, 'the OpenAPI pages have their own');
});

test('the original loses headers, says Cache-Control twice, keeps errors and lets a regex take scripts', async (t) => {
  const original = await startOriginal(t, [1]);
  await put(original.folder, ['static/app.css', 'static/app.js']);
  const style = await original.call('/static/app.css');
  assert.equal(style.headers['x-frame-options'], undefined);
  assert.equal(occurrences(style, 'cache-control'), 2);
  assert.match(String((await original.call('/static/missing.css')).headers['cache-control']), /immutable/u);
  const script = await original.call('/static/app.js');
  assert.deepEqual([script.headers['x-matched'], script.headers['cache-control']], ['script', undefined]);
});

test('the built site is served: landing page, styles and fonts, compressed beforehand', async (t) => {
  const edge = await startEdge(t);
  const site = join(edge.folder, 'site');
  const manifest = await buildStaticSite(site);

  const landing = await edge.call('/');
  assert.equal(landing.headers['content-type'], 'text/html; charset=utf-8');
  assert.equal(landing.headers['cache-control'], 'no-cache');
  assert.ok(landing.body.length < 10_000);
  assert.doesNotMatch(landing.body, /https?:\/\/|<script/u, 'nothing from elsewhere');
  for (const path of ['/api/auth/docs', '/api/courses/docs', '/api/ai/docs', '/api/courses']) {
    assert.ok(landing.body.includes(`href="${path}"`), path);
  }
  const style = /href="(?<path>\/static\/[^"]+)"/u.exec(landing.body)?.groups?.['path'];
  assert.equal(style, manifest['landing.css']);

  const katex = manifest['katex.min.css'] ?? '';
  assert.equal(katex, '/static/katex-0.19.1/katex.min.css');
  const packed = await edge.call(katex, { headers: { 'accept-encoding': 'gzip' } });
  assert.deepEqual([packed.headers['content-encoding'], packed.headers['vary']], ['gzip', 'Accept-Encoding']);
  assert.equal(Number(packed.headers['content-length']), (await stat(join(site, `${katex}.gz`))).size);
  const plain = await edge.call(katex);
  assert.equal(plain.headers['content-encoding'], undefined);
  assert.equal(gunzipSync(await readFile(join(site, `${katex}.gz`))).toString(), plain.body);
  assert.equal(brotliDecompressSync(await readFile(join(site, `${katex}.br`))).toString(), plain.body);

  const fonts = [...plain.body.matchAll(/url\((fonts\/[\w.-]+)\)/gu)].map(([, font = '']) => font);
  assert.ok(fonts.length > 20);
  for (const font of fonts) {
    const answer = await edge.call(`/static/katex-0.19.1/${font}`, { method: 'HEAD' });
    assert.equal(answer.status, 200, font);
    assert.match(String(answer.headers['cache-control']), /immutable/u);
    assert.match(String(answer.headers['content-type']), /^font\//u);
  }
});
