import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseStartOptions, START_HELP, UsageError } from './options.ts';

describe('parseStartOptions', () => {
  test('has defaults, and takes PORT from the environment unless the command line says otherwise', () => {
    assert.deepEqual(parseStartOptions([], {}), { port: 8080, instances: 2, state: '.local', without: [] });
    assert.equal(parseStartOptions([], { PORT: '9000' })?.port, 9000);
    assert.equal(parseStartOptions([], { GANITAGYA_STATE: 'other' })?.state, 'other');
    assert.equal(parseStartOptions(['--state', 'this'], { GANITAGYA_STATE: 'other' })?.state, 'this');
    assert.equal(parseStartOptions(['--port', '9001'], { PORT: '9000' })?.port, 9001);
    assert.deepEqual(parseStartOptions(['--port=1', '--instances=8', '--state', 'elsewhere'], {}), {
      port: 1,
      instances: 8,
      state: 'elsewhere',
      without: [],
    });
    assert.deepEqual(parseStartOptions(['--without', 'redis,nginx'], {})?.without, ['redis', 'nginx']);
  });

  test('an empty PORT counts as none', () => {
    assert.equal(parseStartOptions([], { PORT: '' })?.port, 8080);
  });

  test('--help is no start', () => {
    assert.equal(parseStartOptions(['--help'], {}), undefined);
  });

  for (const args of [
    ['--without', 'postgres'],
    ['--port', '0'],
    ['--port', '65536'],
    ['--port', '80.5'],
    ['--port', 'eighty'],
    ['--port='],
    ['--instances', '0'],
    ['--instances', '9'],
  ]) {
    test(`refuses ${args.join(' ')} in one line`, () => {
      assert.throws(
        () => parseStartOptions(args, {}),
        (error) =>
          error instanceof UsageError &&
          /^--(port|instances) must be a whole number from|^--without takes/u.test(error.message) &&
          !error.message.includes('\n'),
      );
    });
  }

  for (const args of [['--prot', '1'], ['start'], ['--port']]) {
    test(`refuses ${args.join(' ')} and shows the help`, () => {
      assert.throws(
        () => parseStartOptions(args, {}),
        (error) => error instanceof UsageError && error.message.endsWith(START_HELP),
      );
    });
  }
});
