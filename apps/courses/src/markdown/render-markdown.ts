import { setImmediate as nextTurn } from 'node:timers/promises';
import { version as katexVersion } from 'katex';
import { renderFormula, type FormulaResult } from './formula.ts';
import { createParser, type MarkdownFault, type Token } from './parser.ts';

/** Part of every content hash: raise it when the same source shall give other HTML, so that imports render anew. */
export const RENDERER_VERSION = `1+katex-${katexVersion}`;

/** Most formulas in one text, and in one lesson with its exercises. */
export const FORMULAS_MAX = 1_000;

/** How long formulas are rendered before other requests get a turn. */
const TURN_MS = 10;

/** A rendered text. The HTML is only fit to be shown when there are no faults. */
export interface RenderedMarkdown {
  readonly html: string;
  readonly tokens: readonly Token[];
  readonly faults: readonly MarkdownFault[];
  readonly formulaCount: number;
}

/** Renders Markdown with LaTeX to safe HTML; every fault is reported with its line. */
export async function renderMarkdown(source: string, formulasMax = FORMULAS_MAX): Promise<RenderedMarkdown> {
  const parser = createParser();
  const { tokens, faults } = parser.parse(source);
  const all = [...faults];
  const places = [...formulaPlaces(tokens)];
  const formulaCount = places.length;
  if (formulaCount > formulasMax) {
    all.push({
      line: 1,
      message: `there are ${formulaCount} formulas; at most ${formulasMax} are allowed here`,
    });
    return { html: '', tokens, faults: all, formulaCount };
  }
  const rendered = new Map<string, FormulaResult>();
  let turnEndsAt = performance.now() + TURN_MS;
  for (const { token, line } of places) {
    if (token.type === 'math_unclosed') {
      const message = `${token.markup} is never closed (a dollar sign itself is written \\$)`;
      all.push({ line: line(), message });
      continue;
    }
    const key = token.type + token.markup + token.content;
    const result = rendered.get(key) ?? renderFormula(token.content, token.markup === '$$');
    rendered.set(key, result);
    if ('html' in result) token.meta = { ...token.meta, html: wrap(token, result.html) };
    else {
      const { message, offset } = result.fault;
      all.push({ line: line() + newlines(token.content.slice(0, offset)), message });
    }
    if (performance.now() > turnEndsAt) {
      await nextTurn();
      turnEndsAt = performance.now() + TURN_MS;
    }
  }
  return {
    html: parser.render(tokens),
    tokens,
    faults: all.toSorted((a, b) => a.line - b.line),
    formulaCount,
  };
}

function wrap(token: Token, html: string): string {
  return token.type === 'math_block' ? `<p>${html}</p>\n` : html;
}

/** Lines are only worked out for faults: a long text may have many formulas. */
function* formulaPlaces(tokens: readonly Token[]): Generator<{ token: Token; line: () => number }> {
  let blockLine = 1;
  for (const block of tokens) {
    if (block.map !== null) blockLine = block.map[0] + 1;
    const first = blockLine;
    if (block.type === 'math_block') yield { token: block, line: () => first };
    for (const token of block.children ?? []) {
      if (!token.type.startsWith('math_')) continue;
      const offset = Number(token.meta?.['offset'] ?? 0);
      yield { token, line: () => first + newlines(block.content.slice(0, offset)) };
    }
  }
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}
