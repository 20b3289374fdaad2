import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillTemplates } from './template.ts';

test('fills placeholders within a line', () => {
  assert.deepEqual(fillTemplates({ a: 'listen {{ port }};', b: '{{port}}!' }, { port: '80' }), {
    a: 'listen 80;',
    b: '80!',
  });
});

test('a placeholder alone on its line takes several lines, indented as it is', () => {
  assert.deepEqual(fillTemplates({ a: 'x {\n    {{ list }}\n}\n' }, { list: 'one;\ntwo;' }), {
    a: 'x {\n    one;\n    two;\n}\n',
  });
});

test('an empty value removes the line', () => {
  assert.deepEqual(fillTemplates({ a: 'x {\n  {{ none }}\n}\n' }, { none: '' }), { a: 'x {\n}\n' });
});

test('a value is taken as it is, whatever it looks like', () => {
  assert.deepEqual(fillTemplates({ a: '{{ v }};' }, { v: '$& {{ v }}' }), { a: '$& {{ v }};' });
});

test('refuses a placeholder that has no value, and names the file', () => {
  assert.throws(() => fillTemplates({ 'http/a.conf': '{{ prot }}' }, { port: '80' }), /http\/a\.conf.*prot/u);
  assert.throws(() => fillTemplates({ a: '{{ toString }}' }, {}), /toString/u);
});

test('refuses a value that no template uses', () => {
  assert.throws(() => fillTemplates({ a: '{{ b }}' }, { b: '1', c: '2' }), /No template uses: c/u);
});
