import { FUNCTIONS, NAMED_SYMBOLS } from '../expressions/notation.ts';
import { tokenize, UnreadableError } from '../expressions/tokens.ts';
import { isKnownWord } from './vocabulary.ts';

/** A question taken apart: its mathematics, in reading order, and its words in lower case. */
export interface Fragments {
  readonly maths: readonly string[];
  readonly words: readonly string[];
}

const SEPARATOR = /^(?:and|और|तथा|एवं|&|;|,|aur)$/i;
const OPERATOR = /^[-+*/÷^=<>]|[-+*/÷^=<>]$/;

/** Separates mathematics from prose: a run of chunks that can only be mathematics becomes one fragment. */
export function fragmentsOf(text: string): Fragments {
  const chunks = toChunks(text);
  const maths: string[] = [];
  const words: string[] = [];
  let run: string[] = [];
  const close = () => {
    if (run.length > 0) maths.push(run.join(' '));
    run = [];
  };
  chunks.forEach((chunk, index) => {
    if (isMaths(chunk, chunks[index - 1], chunks[index + 1])) run.push(chunk);
    else {
      close();
      if (!SEPARATOR.test(chunk)) words.push(...wordsOf(chunk));
    }
  });
  close();
  return { maths, words };
}

/** White space parts chunks; a comma, semicolon or full stop after one stands alone so that it ends a run. */
function toChunks(text: string): string[] {
  return text
    .replace(/([\u0900-\u097F])(?=[!-~])/g, '$1 ')
    .replace(/([!-~])(?=[\u0900-\u097F])/g, '$1 ')
    .replace(/([,;])(?=\D|$)|\n/g, ' , ')
    .replace(/[.:?।"“”‘]+(?=\s|$)/g, ' , ')
    .replace(/(^|\s)["“”‘:]+/g, ' ')
    .split(/\s+/)
    .filter((chunk) => chunk !== '');
}

function isMaths(chunk: string, before = '', after = ''): boolean {
  if (!isReadable(chunk)) return false;
  if (!/^[a-z]+$/i.test(chunk)) return /[\d+\-*/÷^=<>()|\\]/.test(chunk) && !isHyphenated(chunk);
  const word = chunk.toLowerCase();
  if (word in FUNCTIONS || word in NAMED_SYMBOLS) return true;
  const besideOperator =
    (OPERATOR.test(before) && isReadable(before)) || (OPERATOR.test(after) && isReadable(after));
  // `a` before a formula is a factor, elsewhere an article.
  if (word === 'a')
    return besideOperator || (/^[\d(]|[\d+\-*/^=()]|^[a-z]$/i.test(after) && isReadable(after));
  if (word.length === 1) return besideOperator || word !== 'i';
  // `bx + by`: after a lone operator even a known short word is a product of unknowns.
  if (isKnownWord(word)) return word.length === 2 && /^[-+*/=<>]$/.test(before);
  return (
    besideOperator ||
    Object.keys(FUNCTIONS).some(
      (name) => name.length > 1 && word.includes(name) && word.length <= name.length + 2,
    )
  );
}

/** `step-by-step` and `(one)` are words, although their letters could be unknowns. */
function isHyphenated(chunk: string): boolean {
  const letters = chunk.match(/[a-z]+/gi) ?? [];
  return (
    letters.length > 0 &&
    !/\d/.test(chunk) &&
    letters.every((part) => part.length > 1 && isKnownWord(part.toLowerCase()))
  );
}

function isReadable(chunk: string): boolean {
  try {
    return tokenize(chunk).length > 1;
  } catch (error) {
    if (error instanceof UnreadableError) return false;
    throw error;
  }
}

function wordsOf(chunk: string): string[] {
  return chunk.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? ['?'];
}
