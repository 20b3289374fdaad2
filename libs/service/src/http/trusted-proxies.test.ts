import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trustedProxies } from './trusted-proxies.ts';

test('trustedProxies believes addresses and ranges, mapped ones too, again and again, and nobody else', () => {
  const isTrusted = trustedProxies(['127.0.0.1', '10.1.0.0/16', 'fd00::/8', '::1']);
  for (let again = 0; again < 2; again += 1) {
    for (const address of [
      '127.0.0.1',
      '10.1.255.1',
      '::ffff:10.1.2.3',
      '::ffff:127.0.0.1',
      'fd00::1',
      '::1',
    ])
      assert.ok(isTrusted(address), address);
    for (const address of ['127.0.0.2', '10.2.0.1', '::ffff:10.2.0.1', 'fe80::1', 'unix:', '', undefined])
      assert.ok(!isTrusted(address), address);
  }
});

test('trustedProxies refuses what is neither an address nor a range', () => {
  for (const text of ['', 'edge', '10.0.0.1/33', '10.0.0.0/', '10.0.0.0/x', 'fd00::/129', '10.0.0/8'])
    assert.throws(() => trustedProxies([text]), TypeError, text);
});
