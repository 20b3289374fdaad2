import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderEdge } from './render.ts';

const server = { host: '127.0.0.1', port: 3001 };
const upstreams = { auth: [server], courses: [{ ...server, weight: 3 }, server], aiTutor: [server] };

test('the same options give the same files', () => {
  assert.deepEqual(renderEdge({ upstreams }), renderEdge({ upstreams }));
});

test('no placeholder is left, and no comment promises a value that is not there', () => {
  for (const [name, text] of Object.entries(renderEdge({ upstreams })))
    assert.doesNotMatch(text, /\{\{|undefined/u, name);
});

test('servers have weight and passive health checks; keepalive follows the balancing method', () => {
  const { 'upstreams.conf': text = '' } = renderEdge({ upstreams });
  assert.match(text, /server 127\.0\.0\.1:3001 weight=3 max_fails=3 fail_timeout=30s;/u);
  for (const group of text.split('upstream ').slice(1)) {
    assert.match(group, /zone \w+ 128k;\s+least_conn;[^}]+keepalive 128;/u);
  }
});

test('the limits and times of the issue are the defaults', () => {
  const files = renderEdge({ upstreams });
  const all = Object.values(files).join('\n');
  for (const line of [
    'zone=api_credential:16m rate=10r/s',
    'limit_req zone=api_credential burst=20 nodelay',
    'zone=login_device:8m rate=5r/m',
    'limit_req zone=login_device burst=5 nodelay',
    'proxy_connect_timeout 5s',
    'proxy_send_timeout 10s',
    'proxy_read_timeout 10s',
    'proxy_read_timeout 120s',
  ]) {
    assert.ok(all.includes(`${line};`), line);
  }
  assert.doesNotMatch(all, /max_headers/u, 'not every nginx knows it');
  assert.doesNotMatch(all.replace(/^\s*#.*$/gmu, ''), /non_idempotent/u);
});

test('no path of the system is written to or read', () => {
  for (const [name, text] of Object.entries(renderEdge({ upstreams })))
    assert.doesNotMatch(text, /\s\/(etc|var|usr|run|tmp)\//u, name);
});

test('with name servers, the names of upstreams are asked for again', () => {
  const names = { auth: [{ host: 'auth.ganitagya.svc', port: 3000 }], courses: [server], aiTutor: [server] };
  const { 'upstreams.conf': text = '' } = renderEdge({ upstreams: names, resolvers: ['10.96.0.10'] });
  assert.match(text, /^resolver 10\.96\.0\.10 valid=5s;$/mu);
  assert.match(text, /server auth\.ganitagya\.svc:3000 weight=1 max_fails=3 fail_timeout=30s resolve;/u);
});

test('with a brotli module, it is loaded and used', () => {
  const files = renderEdge({ upstreams, brotliModule: 'modules/ngx_http_brotli_static_module.so' });
  assert.match(files['nginx.conf'] ?? '', /^load_module "modules\/ngx_http_brotli_static_module\.so";$/mu);
  assert.match(files['http/compression.conf'] ?? '', /^brotli_static on;$/mu);
});
