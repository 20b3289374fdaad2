import { setImmediate as nextTurn } from 'node:timers/promises';
import { version as katexVersion } from 'katex';
import { renderFormula, type FormulaResult } from './formula.ts';
import { createParser, type MarkdownFault, type Token } from './parser.ts';

/** Part of every content hash: raise it when the same source shall give other HTML, so that imports render anew. */
export const RENDERER_VERSION = `1+katex-${katexVersion}`;

/** Most formulas in one text. */
export const FORMULAS_MAX = 1_000;

/** Formulas rendered before other requests get a turn: about 10 ms. */
const FORMULAS_PER_TURN = 20;

/** A rendered text. The HTML is only fit to be shown when there are no faults. */
export interface RenderedMarkdown {
  readonly html: string;
  readonly tokens: readonly Token[];
  readonly faults: readonly MarkdownFault[];
}

/** Renders Markdown with LaTeX to safe HTML; every fault is reported with its line. */
export async function renderMarkdown(source: string): Promise<RenderedMarkdown> {
  const parser = createParser();
  const { tokens, faults } = parser.parse(source);
  const all = [...faults];
  const places = [...formulaPlaces(tokens)];
  if (places.length > FORMULAS_MAX) {
    return {
      html: '',
      tokens,
      faults: [...all, { line: 1, message: `there are more than ${FORMULAS_MAX} formulas` }],
    };
  }
  const rendered = new Map<string, FormulaResult>();
  for (const { token, line } of places) {
    if (token.type === 'math_unclosed') {
      all.push({ line, message: `${token.markup} is never closed (a dollar sign itself is written \\$)` });
      continue;
    }
    const key = token.type + token.markup + token.content;
    const result = rendered.get(key) ?? renderFormula(token.content, token.markup === '$$');
    if (!rendered.has(key)) {
      rendered.set(key, result);
      if (rendered.size % FORMULAS_PER_TURN === 0) await nextTurn();
    }
    if ('html' in result) token.meta = { ...token.meta, html: wrap(token, result.html) };
    else {
      const { message, offset } = result.fault;
      all.push({ line: line + newlines(token.content.slice(0, offset)), message });
    }
  }
  return { html: parser.render(tokens), tokens, faults: all.toSorted((a, b) => a.line - b.line) };
}

function wrap(token: Token, html: string): string {
  return token.type === 'math_block' ? `<p>${html}</p>\n` : html;
}

function* formulaPlaces(tokens: readonly Token[]): Generator<{ token: Token; line: number }> {
  let line = 1;
  for (const token of tokens) {
    if (token.map !== null) line = token.map[0] + 1;
    if (token.type === 'math_block') yield { token, line };
    for (const child of token.children ?? []) {
      if (!child.type.startsWith('math_')) continue;
      const offset = child.meta?.['offset'];
      yield {
        token: child,
        line: line + newlines(token.content.slice(0, typeof offset === 'number' ? offset : 0)),
      };
    }
  }
}

function newlines(text: string): number {
  return text.split('\n').length - 1;
}
