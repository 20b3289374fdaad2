import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toPassages, searchText } from './passages.ts';
import { FORMULAS_MAX, renderMarkdown } from './render-markdown.ts';

/** Line and beginning of each fault. */
async function faultsOf(source: string): Promise<string[]> {
  return (await renderMarkdown(source)).faults.map(({ line, message }) => `${line} ${message}`);
}

describe('formulas', () => {
  test('are rendered in text, lists, tables, headings and on lines of their own', async () => {
    const { html, faults } = await renderMarkdown(
      '## On $a$\n\nText $b$ and $$c$$.\n\n- item $d$\n\n| x |\n|---|\n| $e$ |\n\n$$\nf\n$$\n\n> $$g$$\n',
    );
    assert.deepEqual(faults, []);
    for (const letter of 'abcdefg')
      assert.match(html, new RegExp(`<annotation [^>]*>\\s*${letter}\\s*</annotation>`, 'u'));
    assert.equal(html.match(/class="katex-display"/gu)?.length, 3);
  });

  test('keep Markdown out of LaTeX and Hindi in it', async () => {
    const { html, faults } = await renderMarkdown('$a_1 * b_1 * c$ and $\\text{क्षेत्रफल} = l \\times b$');
    assert.deepEqual(faults, []);
    assert.doesNotMatch(html, /<em>/u);
    assert.match(html, /क्षेत्रफल/u);
  });

  test('leave escaped dollar signs alone', async () => {
    const { html, faults } = await renderMarkdown('From \\$5 to \\$6, code `$x`.');
    assert.deepEqual(faults, []);
    assert.equal(html, '<p>From $5 to $6, code <code>$x</code>.</p>\n');
  });

  test('that are wrong are reported with their lines', async () => {
    assert.deepEqual(
      await faultsOf(
        'Fine $x$.\n\nBad $\\frac{1$ here\nand $\\nope$.\n\n$$\na\n\\nope\n$$\n\nOpen $x\n\n$ $ and $$\n',
      ),
      [
        "3 LaTeX: Unexpected end of input in a macro argument, expected '}'",
        '4 LaTeX: Undefined control sequence: \\nope',
        '8 LaTeX: Undefined control sequence: \\nope',
        '11 $ is never closed (a dollar sign itself is written \\$)',
        '13 the formula is empty',
        '13 $$ is never closed (a dollar sign itself is written \\$)',
      ],
    );
  });

  test('are bounded in number, length and size', async () => {
    assert.deepEqual(await faultsOf('$x$ '.repeat(FORMULAS_MAX + 1)), [
      `1 there are ${FORMULAS_MAX + 1} formulas; at most ${FORMULAS_MAX} are allowed here`,
    ]);
    assert.deepEqual(await faultsOf(`$${'x'.repeat(2_001)}$`), [
      '1 the formula is longer than 2000 characters',
    ]);
    const matrices = Array.from(
      { length: 3 },
      (_, index) => `$\\begin{matrix}${index}${'&'.repeat(1_900)}\\end{matrix}$`,
    );
    assert.deepEqual(await faultsOf(matrices[0] ?? ''), []);
    assert.deepEqual(await faultsOf(matrices.join('\n\n')), ['1 the formulas are too large altogether']);
    const { html } = await renderMarkdown('$\\rule{500em}{500em}$');
    assert.doesNotMatch(html, /500em;/u);
  });

  test('define no commands: a short one could make a formula of a million characters', async () => {
    const bomb = `\\def\\a{${'x'.repeat(800)}}${'\\a'.repeat(400)}`;
    for (const latex of [
      bomb,
      '\\gdef\\a{x}\\a',
      '\\edef\\a{x}\\a',
      '\\xdef\\a{x}\\a',
      '\\global\\let\\a=x\\a',
      '\\futurelet\\a\\b x',
      '\\newcommand\\a{x}\\a',
      '\\renewcommand{\\a}{x}',
      '\\providecommand{\\a}{x}',
    ]) {
      const [fault] = await faultsOf(`$${latex}$`);
      assert.match(fault ?? '', /^1 LaTeX: \\\w+ is not allowed$/u, latex.slice(0, 40));
    }
  });
});

describe('hostile text', () => {
  test('HTML stays text', async () => {
    const { html } = await renderMarkdown(
      '<script>alert(1)</script>\n\nx <img src=x onerror=alert(1)> y\n\n<!-- c -->\n\n```<b>\n<i>\n```\n',
    );
    assert.doesNotMatch(html, /<(?:script|img|b|i|!--)/u);
  });

  test('only links to the web are links, and they are marked as foreign', async () => {
    const urls = [
      'javascript:alert(1)',
      'JaVaScRiPt:x',
      'data:text/html,x',
      'vbscript:x',
      'file:///etc',
      '//evil.in',
      '/x',
      '#x',
      'ftp://x.in',
      '&#106;avascript:x',
    ];
    for (const url of urls) {
      const { html, faults } = await renderMarkdown(`Line.\n\nSee\n[this](${url}).`);
      assert.doesNotMatch(html, /<a/u, url);
      assert.deepEqual(
        faults.map(({ line }) => line),
        [4],
        url,
      );
    }
    const { html, faults } = await renderMarkdown('[a](https://example.in/x?y=1) <https://example.in>');
    assert.deepEqual(faults, []);
    assert.equal(html.match(/<a href="https:[^"]*" rel="nofollow noopener noreferrer">/gu)?.length, 2);
  });

  test('images are not shown', async () => {
    const { html, faults } = await renderMarkdown('a\n![x](https://example.in/pixel.png)');
    assert.doesNotMatch(html, /<img/u);
    assert.deepEqual(faults, [{ line: 2, message: 'images are not supported' }]);
  });

  test('LaTeX cannot link, load or set attributes', async () => {
    for (const command of [
      '\\href{javascript:x}{y}',
      '\\url{https://x}',
      '\\includegraphics{x}',
      '\\htmlClass{a}{b}',
      '\\htmlData{a=b}{c}',
      '\\htmlStyle{color:red}{x}',
      '\\htmlId{a}{b}',
    ]) {
      const [fault] = await faultsOf(`$x + ${command}$`);
      assert.match(fault ?? '', /^1 LaTeX: \\\w+ is not allowed$/u);
    }
  });
});

describe('long hostile texts', () => {
  test('take time in proportion to their length', async () => {
    for (const piece of [
      '$$x\n',
      '![x](y) ',
      '[x](y:z) ',
      '$x$ ',
      '$',
      '\\$',
      '[',
      '*a _b ',
      '> ',
      '`',
      '- $$x\n',
      '|',
      '<a ',
      '$\\frac',
    ]) {
      const startedAt = performance.now();
      await renderMarkdown(piece.repeat(100_000 / piece.length));
      const elapsedMs = performance.now() - startedAt;
      assert.ok(elapsedMs < 5_000, `${JSON.stringify(piece)} took ${elapsedMs.toFixed(0)} ms`);
    }
  });

  test('let others have their turn', async () => {
    const lines = Array.from(
      { length: 800 },
      (_, index) => `$\\sum_{i=1}^{${index}} \\frac{x^i}{\\sqrt{i + ${index}}}$`,
    );
    let turns = 0;
    const counter = setInterval(() => (turns += 1), 1);
    await renderMarkdown(lines.join('\n\n'));
    clearInterval(counter);
    assert.ok(turns >= 5, `${turns} turns`);
  });
});

describe('passages', () => {
  test('are plain text under headings; search text has no formulas', async () => {
    const { tokens } = await renderMarkdown(
      'Start **bold**.\n\n## Roots of $x^2$\n\nA [link](https://a.in) and $\\frac12$।\n\n- one\n- two\n',
    );
    assert.deepEqual(toPassages(tokens, 'Title'), [
      { heading: 'Title', text: 'Start bold.' },
      { heading: 'Roots of $x^2$', text: 'A link and $\\frac12$।\none\ntwo' },
    ]);
    assert.equal(searchText(tokens), 'Start bold. Roots of A link and one two');
  });

  test('are at most a hundred', async () => {
    const { tokens } = await renderMarkdown('# H\n\ntext\n\n'.repeat(150));
    const passages = toPassages(tokens, 'T');
    assert.equal(passages.length, 99);
    assert.equal(passages.at(-1)?.text.match(/text/gu)?.length, 52);
  });
});
