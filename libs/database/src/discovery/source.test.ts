import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isNamed, resolveSource, seedOf } from './source.ts';

const source = (url: string, weight = 1) => ({ url, role: 'replica' as const, weight });
const resolver = {
  addresses: () => Promise.resolve(['10.0.0.1', 'fd00::1']),
  services: () =>
    Promise.resolve([
      { name: 'a.test', port: 5433, weight: 0 },
      { name: 'b.test', port: 5434, weight: 3 },
    ]),
};

test('only the two schemes are looked up', () => {
  assert.deepEqual(
    ['postgres://a/b', 'postgres+dns://a/b', 'postgres+srv://a/b'].map((url) => isNamed(source(url))),
    [false, true, true],
  );
});

test('every address of a name becomes a host with the same account and port', async () => {
  const specs = await resolveSource(source('postgres+dns://u:p%40@db.test:6000/x?sslmode=require'), resolver);
  assert.deepEqual(
    specs.map(({ url }) => url),
    [
      'postgres://u:p%40@10.0.0.1:6000/x?sslmode=require',
      'postgres://u:p%40@[fd00::1]:6000/x?sslmode=require',
    ],
  );
});

test('every service under a name becomes a host with its own port and share', async () => {
  const specs = await resolveSource(source('postgres+srv://u:p@_pg._tcp.test/x', 2), resolver);
  assert.deepEqual(
    specs.map(({ url, weight }) => [url, weight]),
    [
      ['postgres://u:p@a.test:5433/x', 2],
      ['postgres://u:p@b.test:5434/x', 6],
    ],
  );
});

test('until it is looked up, a name of addresses is one host; one of services is none', () => {
  assert.equal(seedOf(source('postgres+dns://db.test/x'))?.url, 'postgres://db.test/x');
  assert.equal(seedOf(source('postgres+srv://_pg._tcp.test/x')), undefined);
});
