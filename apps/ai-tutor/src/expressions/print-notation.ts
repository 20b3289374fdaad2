/** How one way of writing mathematics spells what `print.ts` arranges. */
export interface Notation {
  symbol(name: string): string;
  relation(operator: string): string;
  times: string;
  plusMinus: string;
  fraction(top: string, bottom: string): string;
  /** Whether a fraction needs no brackets around its parts or itself. */
  readonly fractionIsBox: boolean;
  power(base: string, exponent: string): string;
  root(inner: string, degree?: string): string;
  absolute(inner: string): string;
  call(name: string, argument: string, exponent?: string): string;
  logarithm(argument: string, base: string): string;
  derivative(inner: string, variable: string): string;
  integral(inner: string, variable: string, lower?: string, upper?: string): string;
  brackets(inner: string): string;
  readonly and: string;
}

const GREEK: Readonly<Record<string, string>> = { theta: 'θ', alpha: 'α', beta: 'β', lambda: 'λ' };
const TEXT_SYMBOLS: Readonly<Record<string, string>> = {
  ...GREEK,
  Pi: 'π',
  ExponentialE: 'e',
  ImaginaryUnit: 'i',
};
const LATEX_SYMBOLS: Readonly<Record<string, string>> = { Pi: '\\pi', ExponentialE: 'e', ImaginaryUnit: 'i' };
const TEXT_RELATIONS: Readonly<Record<string, string>> = {
  Equal: '=',
  NotEqual: '≠',
  Less: '<',
  LessEqual: '≤',
  Greater: '>',
  GreaterEqual: '≥',
};
const LATEX_RELATIONS: Readonly<Record<string, string>> = {
  Equal: '=',
  NotEqual: '\\ne',
  Less: '<',
  LessEqual: '\\le',
  Greater: '>',
  GreaterEqual: '\\ge',
};
const SUPERSCRIPT: Readonly<Record<string, string>> = {
  0: '⁰',
  1: '¹',
  2: '²',
  3: '³',
  4: '⁴',
  5: '⁵',
  6: '⁶',
  7: '⁷',
  8: '⁸',
  9: '⁹',
  '-': '⁻',
};

const superscript = (text: string): string | undefined =>
  /^-?\d+$/.test(text) ? Array.from(text, (sign) => SUPERSCRIPT[sign] ?? sign).join('') : undefined;

const functionName = (operator: string): string => (operator === 'Csc' ? 'cosec' : operator.toLowerCase());

export const textNotation: Notation = {
  symbol: (name) => TEXT_SYMBOLS[name] ?? name,
  relation: (operator) => TEXT_RELATIONS[operator] ?? operator,
  times: ' × ',
  plusMinus: '±',
  fraction: (top, bottom) => `${top}/${bottom}`,
  fractionIsBox: false,
  power: (base, exponent) =>
    `${base}${superscript(exponent) ?? `^${/^\w$/.test(exponent) ? exponent : `(${exponent})`}`}`,
  root: (inner, degree) =>
    `${degree === undefined ? '√' : degree === '3' ? '∛' : `${degree}√`}${/^\d+$|^\w$/.test(inner) ? inner : `(${inner})`}`,
  absolute: (inner) => `|${inner}|`,
  call: (name, argument, exponent) =>
    `${functionName(name)}${exponent === undefined ? '' : (superscript(exponent) ?? `^(${exponent})`)}(${argument})`,
  logarithm: (argument, base) => (base === '10' ? `log(${argument})` : `log_${base}(${argument})`),
  derivative: (inner, variable) => `d/d${variable}(${inner})`,
  integral: (inner, variable, lower, upper) =>
    lower === undefined || upper === undefined
      ? `∫ (${inner}) d${variable}`
      : `∫ from ${lower} to ${upper} of (${inner}) d${variable}`,
  brackets: (inner) => `(${inner})`,
  and: ', ',
};

const LATEX_FUNCTIONS = new Set([
  'sin',
  'cos',
  'tan',
  'cot',
  'sec',
  'csc',
  'arcsin',
  'arccos',
  'arctan',
  'ln',
]);

const latexFunction = (operator: string): string => {
  const name = operator.toLowerCase();
  return LATEX_FUNCTIONS.has(name) ? `\\${name}` : `\\operatorname{${name}}`;
};

export const latexNotation: Notation = {
  symbol: (name) => LATEX_SYMBOLS[name] ?? (name in GREEK ? `\\${name}` : name),
  relation: (operator) => LATEX_RELATIONS[operator] ?? operator,
  times: ' \\times ',
  plusMinus: '\\pm',
  fraction: (top, bottom) => `\\frac{${top}}{${bottom}}`,
  fractionIsBox: true,
  power: (base, exponent) => `${base}^{${exponent}}`,
  root: (inner, degree) => `\\sqrt${degree === undefined ? '' : `[${degree}]`}{${inner}}`,
  absolute: (inner) => `\\left|${inner}\\right|`,
  call: (name, argument, exponent) =>
    `${latexFunction(name)}${exponent === undefined ? '' : `^{${exponent}}`}\\left(${argument}\\right)`,
  logarithm: (argument, base) =>
    base === '10' ? `\\log\\left(${argument}\\right)` : `\\log_{${base}}\\left(${argument}\\right)`,
  derivative: (inner, variable) => `\\frac{d}{d${variable}}\\left(${inner}\\right)`,
  integral: (inner, variable, lower, upper) =>
    `\\int${lower === undefined || upper === undefined ? '' : `_{${lower}}^{${upper}}`} ${inner} \\, d${variable}`,
  brackets: (inner) => `\\left(${inner}\\right)`,
  and: ',\\quad ',
};
