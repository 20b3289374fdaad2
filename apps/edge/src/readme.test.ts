import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { cacheTable } from './cache-table.ts';
import { EdgeOptionsSchema } from './options.ts';

const readme = await readFile(join(import.meta.dirname, '..', 'README.md'), 'utf8');

test('the README shows the table of cache lifetimes as it is', () => {
  const tables = readme.split('\n').filter((line) => line.startsWith('|'));
  assert.ok(
    tables.map(withoutPadding).join('\n').includes(cacheTable()),
    `put this into README.md:\n\n${cacheTable()}`,
  );
});

test('the README names every option', () => {
  const named = [...readme.matchAll(/`(?:\w+\.)?(?<name>\w+)`/gu)].map(({ groups }) => groups?.['name']);
  for (const name of names(EdgeOptionsSchema)) assert.ok(named.includes(name), name);
});

/** Names of the options at the ends of the tree, but for those inside lists and rates. */
function names(schema: object): string[] {
  if (!('properties' in schema)) return [];
  return Object.entries(schema.properties as Record<string, object>).flatMap(([name, member]) =>
    'properties' in member && !('rate' in (member.properties as object)) ? names(member) : [name],
  );
}

/** Prettier pads the cells of a table. */
function withoutPadding(line: string): string {
  return line.replace(/ +\|/gu, ' |').replace(/ -+ /gu, ' --- ').replace(/ -+ /gu, ' --- ');
}
