import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inlineIncludes } from './inline-includes.ts';

describe('inlineIncludes', () => {
  it('puts files where they are included, indented, to any depth', () => {
    const files = new Map([
      ['a', 'http {\n    include b;\n}\n'],
      ['b', 'server {\n    include c;\n\n}\n'],
      ['c', 'listen 80;\n'],
    ]);
    assert.equal(inlineIncludes(files, 'a'), 'http {\n    server {\n        listen 80;\n\n    }\n}\n');
  });

  it('refuses a file that is not there, and one that includes itself', () => {
    assert.throws(
      () => inlineIncludes(new Map([['a', 'include b;\n']]), 'a'),
      /a includes b, which is not there/,
    );
    assert.throws(() => inlineIncludes(new Map([['a', 'include a;\n']]), 'a'), /a includes itself/);
  });
});
