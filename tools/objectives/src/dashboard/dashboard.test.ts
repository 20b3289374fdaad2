import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { stringify } from 'yaml';
import { promtool } from '../testing/promtool.ts';
import { dashboard, rows } from './dashboard.ts';

describe('the dashboard', () => {
  test('asks in expressions that Prometheus understands', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'queries.yaml');
    const rules = rows
      .flatMap(({ panels }) => panels.flatMap(({ queries }) => queries))
      .map(({ expr }, index) => ({
        record: `query${index}`,
        expr: expr.replaceAll('$__rate_interval', '5m').replaceAll('$service', '.*'),
      }));
    writeFileSync(file, stringify({ groups: [{ name: 'queries', rules }] }));
    const { isGood, output } = await promtool(['check', 'rules', file]);
    assert.ok(isGood, output);
  });

  test('has each panel at a place of its own', () => {
    const { panels } = dashboard();
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      assert.ok(x + w <= 24);
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
    });
    assert.equal(new Set(cells).size, cells.length);
  });
});
