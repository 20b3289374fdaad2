import type { Token } from './parser.ts';

/** A piece of a text under one heading, as plain text; formulas stay LaTeX between dollar signs. */
export interface Passage {
  readonly heading: string;
  readonly text: string;
}

/** Readers of the feed rely on these bounds. */
const PASSAGES_MAX = 100;
const HEADING_LENGTH_MAX = 300;

/**
 * Cuts a parsed text into passages at its headings. Text before the first heading goes under `title`; beyond the
 * hundredth, headings are text like any other.
 */
export function toPassages(tokens: readonly Token[], title: string): Passage[] {
  const passages: { heading: string; lines: string[] }[] = [{ heading: title, lines: [] }];
  let isHeading = false;
  for (const token of tokens) {
    if (token.type === 'heading_open') isHeading = true;
    else if (token.type === 'heading_close') isHeading = false;
    else {
      const text = plainText(token);
      if (text === '') continue;
      if (isHeading && passages.length < PASSAGES_MAX) {
        passages.push({ heading: text.slice(0, HEADING_LENGTH_MAX).toWellFormed(), lines: [] });
      } else passages.at(-1)?.lines.push(text);
    }
  }
  return passages
    .map(({ heading, lines }) => ({ heading, text: lines.join('\n') }))
    .filter(({ text }) => text !== '');
}

/** The words of a text for full text search. Formulas are left out: they would only add noise such as `frac`. */
export function searchText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => plainText(token, false))
    .join(' ')
    .normalize('NFC')
    .replace(/[\s।]+/gu, ' ')
    .trim();
}

function plainText(token: Token, withFormulas = true): string {
  switch (token.type) {
    case 'inline':
      return (token.children ?? [])
        .map((child) => plainText(child, withFormulas))
        .join('')
        .trim();
    case 'math_inline':
    case 'math_block':
      return withFormulas ? `${token.markup}${token.content.trim()}${token.markup}` : ' ';
    case 'softbreak':
    case 'hardbreak':
      return ' ';
    case 'text':
    case 'code_inline':
      return token.content;
    case 'fence':
    case 'code_block':
      return token.content.trim();
    default:
      return '';
  }
}
