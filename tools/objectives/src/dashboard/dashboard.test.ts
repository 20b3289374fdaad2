import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dashboard } from './dashboard.ts';

test('the dashboard has each panel at a place of its own', () => {
  const { panels } = dashboard();
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
    assert.ok(x + w <= 24);
    return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
  });
  assert.equal(new Set(cells).size, cells.length);
});
