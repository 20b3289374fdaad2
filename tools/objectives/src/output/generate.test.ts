import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promtool } from '../testing/promtool.ts';
import { generate, MONITORING, written } from './generate.ts';

const files = await generate();
const paths = (folder: string) =>
  Object.keys(files)
    .filter((path) => path.startsWith(folder))
    .map((path) => join(MONITORING, path));

describe('what is written in k8s/monitoring', () => {
  for (const [path, text] of Object.entries(files)) {
    test(`${path} is what the generator writes; if not: npm run objectives`, () => {
      assert.equal(written(path), text);
    });
  }

  test('is all there is', () => {
    const found = readdirSync(MONITORING, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'README.md')
      .map((entry) => join(entry.parentPath, entry.name));
    assert.deepEqual(found.sort(), paths('').sort());
  });

  test('are rules that Prometheus accepts', async () => {
    const { isGood, output } = await promtool(['check', 'rules', ...paths('rules/')]);
    assert.ok(isGood, output);
    assert.doesNotMatch(output, /error|duplicate/iu);
  });

  for (const path of paths('tests/')) {
    test(`alerts fire when they should, and only then: ${path.slice(MONITORING.length + 1)}`, async () => {
      const { isGood, output } = await promtool(['test', 'rules', path]);
      assert.ok(isGood, output);
    });
  }
});
