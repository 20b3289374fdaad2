import { setImmediate as nextTurn } from 'node:timers/promises';
import { version as katexVersion } from 'katex';
import { renderFormula, type FormulaResult } from './formula.ts';
import { createParser, type MarkdownFault, type Token } from './parser.ts';

/** Part of every content hash: raise it when the same source shall give other HTML, so that imports render anew. */
export const RENDERER_VERSION = `1+katex-${katexVersion}`;

/** Most formulas in one lesson with its exercises, or in one introduction. */
export const FORMULAS_MAX = 1_000;

/** Most HTML of those formulas, in characters. It can be 600 times as long as its source. */
export const FORMULA_HTML_MAX = 2_000_000;

/** What the texts that belong together may still use. */
export interface FormulaBudget {
  formulas: number;
  html: number;
}

/** How long formulas are rendered before other requests get a turn. */
const TURN_MS = 10;

/** A rendered text. The HTML is only fit to be shown when there are no faults. */
export interface RenderedMarkdown {
  readonly html: string;
  readonly tokens: readonly Token[];
  readonly faults: readonly MarkdownFault[];
}

/** What one lesson, or one introduction, may use. */
export function formulaBudget(): FormulaBudget {
  return { formulas: FORMULAS_MAX, html: FORMULA_HTML_MAX };
}

/** Renders Markdown with LaTeX to safe HTML, and takes from the budget; every fault is reported with its line. */
export async function renderMarkdown(source: string, budget = formulaBudget()): Promise<RenderedMarkdown> {
  const parser = createParser();
  const { tokens, faults } = parser.parse(source);
  const all = [...faults];
  const places = [...formulaPlaces(tokens)];
  const refuse = (message: string): RenderedMarkdown => ({
    html: '',
    tokens,
    faults: [...all, { line: 1, message }],
  });
  if (places.length > budget.formulas) {
    return refuse(`there are ${places.length} formulas; at most ${budget.formulas} are allowed here`);
  }
  budget.formulas -= places.length;
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
    if ('html' in result) {
      budget.html -= result.html.length;
      if (budget.html < 0) return refuse('the formulas are too large altogether');
      token.meta = { ...token.meta, html: wrap(token, result.html) };
    } else {
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
