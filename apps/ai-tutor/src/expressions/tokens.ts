import { FUNCTIONS, NAMED_SYMBOLS, toPlainSigns } from './notation.ts';

export interface Token {
  readonly kind: 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
  /** White space stands before it. */
  readonly isSpaced?: boolean;
}

/** What is written is not mathematics the tutor can read. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

const TOKENS_MAX = 400;
const END: Token = { kind: 'end', text: '' };

const LATEX_SIGNS: Readonly<Record<string, string>> = {
  times: '*',
  cdot: '*',
  div: '÷',
  le: '<=',
  leq: '<=',
  leqslant: '<=',
  ge: '>=',
  geq: '>=',
  geqslant: '>=',
  lt: '<',
  gt: '>',
  lbrace: '(',
  rbrace: ')',
  vert: '|',
};
const LATEX_SPACING = new Set([
  'left',
  'right',
  'displaystyle',
  'quad',
  'qquad',
  'big',
  'Big',
  'bigl',
  'bigr',
]);
const NAMES = [...Object.keys(FUNCTIONS), ...Object.keys(NAMED_SYMBOLS)].sort((a, b) => b.length - a.length);

const PATTERN =
  /\s+|(?<number>\d+(?:\.\d+)?|\.\d+)|\\(?<command>[A-Za-z]+)|\\(?<space>[,;:! ])|\\(?<brace>[{}])|(?<word>[A-Za-z]+)|(?<sign><=|>=|[-+*/^=<>()[\]{}|!_,'°÷])/y;

/** Cuts plain text or LaTeX into numbers, names and signs. Throws UnreadableError on anything else. */
export function tokenize(text: string): Token[] {
  const source = toPlainSigns(text);
  const tokens: Token[] = [];
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < source.length) {
    const at = PATTERN.lastIndex;
    const match = PATTERN.exec(source);
    if (!match) throw new UnreadableError(`Unexpected ${JSON.stringify(source[at])}`);
    const { number, command, brace, word, sign } = match.groups ?? {};
    const start = tokens.length;
    if (number !== undefined)
      tokens.push({ kind: 'number', text: number.startsWith('.') ? `0${number}` : number });
    else if (command !== undefined) tokens.push(...commandTokens(command));
    else if (brace !== undefined) tokens.push({ kind: 'sign', text: brace === '{' ? '(' : ')' });
    else if (word !== undefined) tokens.push(...splitWord(word));
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    const first = tokens[start];
    if (first && /\s/.test(source[at - 1] ?? '')) tokens[start] = { ...first, isSpaced: true };
    if (tokens.length > TOKENS_MAX) throw new UnreadableError('The expression is too long');
  }
  return [...tokens, END];
}

function commandTokens(command: string): Token[] {
  if (LATEX_SPACING.has(command)) return [];
  const sign = LATEX_SIGNS[command];
  if (sign !== undefined) return [{ kind: 'sign', text: sign }];
  const name = command.replace(/^[dt]frac$/, 'frac');
  if (name === 'frac' || name in FUNCTIONS || name in NAMED_SYMBOLS) return [{ kind: 'name', text: name }];
  throw new UnreadableError(`Unknown command \\${command}`);
}

/** `xsinx` is x, sin, x; `xy` is x, y. Upper-case unknowns are lower-case ones: phones capitalise the first letter. */
function splitWord(word: string): Token[] {
  const tokens: Token[] = [];
  let rest = word.toLowerCase();
  let letters = 0;
  while (rest !== '') {
    const known = NAMES.find((name) => rest.startsWith(name));
    const text = known ?? rest.slice(0, 1);
    if (known === undefined && ++letters > 3) throw new UnreadableError(`${word} is a word`);
    tokens.push({ kind: 'name', text });
    rest = rest.slice(text.length);
  }
  return tokens;
}
