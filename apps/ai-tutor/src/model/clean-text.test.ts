import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanText, TextCleaner } from './clean-text.ts';

test('cleanText keeps mathematics and emphasis', () => {
  const text = '**Step 1**: $x^2 - 5x + 6 = (x-2)(x-3)$ [so](it) $a < b$ and $|x|$';
  assert.equal(cleanText('$x < 3$ and $[2, 3]$'), '$x < 3$ and $[2, 3]$');
  assert.equal(cleanText('$a<b$ and $c>d$'), '$a<b$ and $c>d$');
  assert.equal(cleanText('a <b and c> d'), 'a <b and c> d');
  assert.match(cleanText(text), /\(x-2\)\(x-3\)/);
});

test('cleanText takes out every way to load something or to lead away', () => {
  for (const bad of [
    '![a](https://e.example/x.png)',
    '![a][ref]',
    '[click](javascript:alert(1))',
    '[click][1]\n[1]: https://e.example',
    '<a href="https://e.example">x</a>',
    '<script>steal()</script>',
    '<img src=x onerror=steal()',
    '<svg/onload=steal()>',
    'https://e.example/?q=secret',
    'data:text/html,x',
  ]) {
    assert.doesNotMatch(cleanText(bad), /e\.example|<|javascript:|data:|\]\(/, bad);
  }
});

test('a link that arrives in pieces is not shown', () => {
  const cleaner = new TextCleaner();
  const shown = ['See [he', 're](https://e.exa', 'mple/) now.\nNext', ' line'].map((piece) =>
    cleaner.push(piece),
  );
  assert.deepEqual(shown, ['', '', 'See here now.\n', '']);
  assert.equal(cleaner.flush(), 'Next line');
});

test('a text without end is cut off', () => {
  const cleaner = new TextCleaner();
  let length = 0;
  for (let count = 0; count < 1_000; count += 1) length += cleaner.push(`${'x'.repeat(99)}\n`).length;
  assert.ok(length <= 8_000);
});
