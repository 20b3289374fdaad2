/** One name for each function the parser knows, whatever the student called it. */
export const FUNCTIONS: Readonly<Record<string, string>> = {
  sin: 'Sin',
  cos: 'Cos',
  tan: 'Tan',
  cot: 'Cot',
  sec: 'Sec',
  csc: 'Csc',
  cosec: 'Csc',
  arcsin: 'Arcsin',
  arccos: 'Arccos',
  arctan: 'Arctan',
  ln: 'Ln',
  log: 'Log',
  exp: 'Exp',
  sqrt: 'Sqrt',
  cbrt: 'Cbrt',
  abs: 'Abs',
};

/** Words that are a number or an unknown by themselves. */
export const NAMED_SYMBOLS: Readonly<Record<string, string>> = {
  pi: 'Pi',
  e: 'ExponentialE',
  theta: 'theta',
  alpha: 'alpha',
  beta: 'beta',
  lambda: 'lambda',
};

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿˣ';
const SUPERSCRIPT_VALUES = '0123456789+-nx';

const CHARACTERS: Readonly<Record<string, string>> = {
  '×': '*',
  '·': '*',
  '⋅': '*',
  '∙': '*',
  '∕': '/',
  '−': '-',
  '–': '-',
  '—': '-',
  '≤': '<=',
  '≥': '>=',
  '⩽': '<=',
  '⩾': '>=',
  '√': ' sqrt ',
  '∛': ' cbrt ',
  π: ' pi ',
  θ: ' theta ',
  α: ' alpha ',
  β: ' beta ',
  λ: ' lambda ',
  '½': '(1/2)',
  '¼': '(1/4)',
  '¾': '(3/4)',
  '⅓': '(1/3)',
  '⅔': '(2/3)',
  '（': '(',
  '）': ')',
  '＝': '=',
  '＋': '+',
};

/** Rewrites the many ways a keyboard has for one sign into ASCII. Does not change what is written in LaTeX. */
export function toPlainSigns(text: string): string {
  return text
    .replace(/[\u200B-\u200F\uFEFF]/g, '')
    .replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x0966))
    .replace(new RegExp(`[${SUPERSCRIPTS}]+`, 'g'), (run) => {
      const plain = Array.from(run, (sign) => SUPERSCRIPT_VALUES[SUPERSCRIPTS.indexOf(sign)] ?? '').join('');
      return `^(${plain})`;
    })
    .replace(/\^\s*\{?\s*\\circ\s*\}?/g, '°')
    .replace(/(\d+)\s*([½¼¾⅓⅔])/g, (_, whole: string, part: string) => `(${whole}+${CHARACTERS[part] ?? ''})`)
    .replace(/[^\n -~]/g, (sign) => CHARACTERS[sign] ?? sign)
    .replace(/\*\*/g, '^')
    .replace(/=</g, '<=')
    .replace(/=>/g, '>=');
}
