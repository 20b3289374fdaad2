import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { promtool } from '../testing/promtool.ts';
import { asked } from './asked.ts';

test('rules, dashboard and runbooks ask in expressions that Prometheus understands', async (t) => {
  assert.ok(asked.some(({ where }) => where.endsWith('.md')));
  const folder = mkdtempSync(join(tmpdir(), 'asked-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'queries.yaml');
  const rules = asked.map(({ expr }, index) => ({
    record: `query${index}`,
    expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$service', '.*'),
  }));
  writeFileSync(file, stringify({ groups: [{ name: 'queries', rules }] }));
  const { isGood, output } = await promtool(['check', 'rules', file]);
  assert.ok(isGood, output);
});
