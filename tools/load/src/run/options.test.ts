import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readOptions } from './options.ts';

describe('readOptions', () => {
  it('takes the whole scenario on the local edge unless told otherwise', () => {
    const options = readOptions([]);
    assert.equal(options?.target.href, 'http://127.0.0.1:8080/');
    assert.deepEqual(
      { ...options, target: undefined },
      { target: undefined, scale: 1, users: 10_000, schoolSize: 60, reseed: false },
    );
  });

  it('takes localhost as 127.0.0.1, which schools can connect to', () => {
    assert.equal(readOptions(['--target', 'http://localhost:9000'])?.target.origin, 'http://127.0.0.1:9000');
  });

  for (const target of [
    'http://example.org',
    'http://10.0.0.1:8080',
    'http://127.0.0.1.example.org',
    'https://127.0.0.1',
    'http://[::1]:8080',
    'http://0.0.0.0:8080',
    'nonsense',
  ]) {
    it(`refuses the target ${target}`, () =>
      assert.throws(() => readOptions(['--target', target]), /--target/));
  }

  it('refuses numbers that are none', () => {
    assert.throws(() => readOptions(['--scale', '0']), /--scale must be a number from 0.001 to 100, not 0/);
    assert.throws(() => readOptions(['--scale', 'x']), /--scale/);
    assert.throws(() => readOptions(['--users', '1.5']), /--users must be a whole number/);
    assert.throws(() => readOptions(['--school-size', '']), /--school-size/);
    assert.throws(() => readOptions(['--unknown']), /Unknown option/);
  });

  it('leaves the rest when help is asked for', () => assert.equal(readOptions(['--help']), undefined));
});
