import { isApplication, isCall, operand, operandsOf } from './expression.ts';
import type { Application, Expression } from './expression.ts';
import { latexNotation, textNotation } from './print-notation.ts';
import type { Notation } from './print-notation.ts';

/** How tightly a printed piece holds together; looser ones get brackets inside tighter ones. */
const RELATION = 1;
const SUM = 2;
const PRODUCT = 3;
const POWER = 4;
const ATOM = 5;

interface Printed {
  readonly text: string;
  readonly strength: number;
}

/** The expression holds something the tutor has no way to write. */
export class UnprintableError extends Error {
  override readonly name = 'UnprintableError';
}

const CALLS = new Set(['Sin', 'Cos', 'Tan', 'Cot', 'Sec', 'Csc', 'Arcsin', 'Arccos', 'Arctan', 'Ln']);

/** LaTeX without dollar signs, exactly as shaped: nothing is reordered or simplified. */
export function printLatex(expression: Expression): string {
  return print(expression, latexNotation).text;
}

/** The same in plain Unicode, for answers that are read without a LaTeX renderer. */
export function printText(expression: Expression): string {
  return print(expression, textNotation).text;
}

function print(expression: Expression, notation: Notation): Printed {
  if (typeof expression === 'number') return printNumber(String(expression));
  if (typeof expression === 'string') return { text: notation.symbol(expression), strength: ATOM };
  return isApplication(expression) ? printApplication(expression, notation) : printNumber(expression.num);
}

function printNumber(text: string): Printed {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new UnprintableError(`The number ${text}`);
  return { text, strength: text.startsWith('-') ? SUM : ATOM };
}

function printApplication(expression: Application, notation: Notation): Printed {
  const [operator] = expression;
  const operands = operandsOf(expression);
  const inside = (index: number, least: number) =>
    hold(print(operand(expression, index), notation), least, notation);
  const atom = (text: string): Printed => ({ text, strength: ATOM });
  if (CALLS.has(operator)) return atom(notation.call(operator, inside(0, RELATION)));
  switch (operator) {
    case 'Equal':
    case 'NotEqual':
    case 'Less':
    case 'LessEqual':
    case 'Greater':
    case 'GreaterEqual':
      return {
        text: operands.map((_, index) => inside(index, SUM)).join(` ${notation.relation(operator)} `),
        strength: RELATION,
      };
    case 'And':
      return {
        text: operands.map((_, index) => inside(index, RELATION)).join(notation.and),
        strength: RELATION,
      };
    case 'Between':
      return { text: printBetween(operands, notation), strength: RELATION };
    case 'Add':
      return { text: printSum(operands, notation), strength: SUM };
    case 'PlusMinus':
      return { text: `${inside(0, SUM)} ${notation.plusMinus} ${inside(1, PRODUCT)}`, strength: SUM };
    case 'Negate':
      return { text: `-${inside(0, PRODUCT)}`, strength: SUM };
    case 'Multiply':
      return printProduct(operands, notation);
    case 'Divide':
    case 'Rational':
      return printFraction(operand(expression, 0), operand(expression, 1), notation);
    case 'Power':
      return printPower(expression, notation);
    case 'Sqrt':
      return atom(notation.root(inside(0, RELATION)));
    case 'Root':
      return atom(notation.root(inside(0, RELATION), inside(1, RELATION)));
    case 'Abs':
      return atom(notation.absolute(inside(0, RELATION)));
    case 'Factorial':
      return atom(`${inside(0, ATOM)}!`);
    case 'Log':
      return atom(notation.logarithm(inside(0, RELATION), operands.length > 1 ? inside(1, RELATION) : '10'));
    case 'D':
      return atom(notation.derivative(inside(0, RELATION), inside(1, ATOM)));
    case 'Integrate':
      return printIntegral(expression, notation);
    default:
      throw new UnprintableError(`The operator ${operator}`);
  }
}

/** `2 < x ≤ 3`: bounds, relations and the unknown in reading order. */
function printBetween(operands: readonly Expression[], notation: Notation): string {
  return operands
    .map((part, index) =>
      index % 2 === 1 ? notation.relation(typeof part === 'string' ? part : '') : print(part, notation).text,
    )
    .join(' ');
}

function hold(piece: Printed, least: number, notation: Notation): string {
  return piece.strength < least ? notation.brackets(piece.text) : piece.text;
}

function printSum(operands: readonly Expression[], notation: Notation): string {
  return operands.reduce<string>((text, term, index) => {
    const piece = print(term, notation);
    // A term that begins with a minus joins with it: `a - b`, never `a + -b`; only a nested sum needs brackets.
    const held =
      isCall(term, 'Add') || isCall(term, 'PlusMinus') ? notation.brackets(piece.text) : piece.text;
    if (index === 0) return held;
    return held.startsWith('-') ? `${text} - ${held.slice(1)}` : `${text} + ${held}`;
  }, '');
}

function printProduct(operands: readonly Expression[], notation: Notation): Printed {
  let text = '';
  operands.forEach((factor, index) => {
    const piece = print(factor, notation);
    // A number in front keeps its minus without brackets; the product is then as loose as a sum.
    const next = index === 0 && typeof factor === 'number' ? piece.text : hold(piece, PRODUCT, notation);
    const needsSign =
      index > 0 && (/^[\d.]/.test(next) || isFraction(factor) || isFraction(operands[index - 1]));
    text += needsSign ? notation.times + next : glue(text, next) + next;
  });
  return { text, strength: text.startsWith('-') ? SUM : PRODUCT };
}

/** A space where two names, or a name and a letter, would otherwise run together. */
function glue(left: string, right: string): string {
  if (/√\w+$/.test(left)) return ' ';
  if (/^\\?\(|^\\left/.test(right)) return '';
  if (/^\\?[a-z]{2}/.test(right)) return left === '' || /[\d}]$/.test(left) ? '' : ' ';
  return /\\[a-z]+$|\)$/.test(left) && /^[a-z]/.test(right) ? ' ' : '';
}

function isFraction(expression: Expression | undefined): boolean {
  return expression !== undefined && (isCall(expression, 'Divide') || isCall(expression, 'Rational'));
}

function printFraction(top: Expression, bottom: Expression, notation: Notation): Printed {
  if (typeof top === 'number' && top < 0) {
    const positive = printFraction(-top, bottom, notation);
    return { text: `-${positive.text}`, strength: SUM };
  }
  const [over, under] = [print(top, notation), print(bottom, notation)];
  if (notation.fractionIsBox) return { text: notation.fraction(over.text, under.text), strength: PRODUCT };
  return {
    text: notation.fraction(hold(over, PRODUCT, notation), hold(under, POWER, notation)),
    strength: PRODUCT,
  };
}

function printPower(expression: Application, notation: Notation): Printed {
  const [base, exponent] = [operand(expression, 0), operand(expression, 1)];
  const raised = print(exponent, notation).text;
  if (
    isApplication(base) &&
    /^(Sin|Cos|Tan|Cot|Sec|Csc)$/.test(base[0]) &&
    typeof exponent === 'number' &&
    exponent > 1
  ) {
    return { text: notation.call(base[0], print(operand(base, 0), notation).text, raised), strength: ATOM };
  }
  return { text: notation.power(hold(print(base, notation), ATOM, notation), raised), strength: POWER };
}

function printIntegral(expression: Application, notation: Notation): Printed {
  const inner = print(operand(expression, 0), notation);
  const limits = operand(expression, 1);
  if (!isApplication(limits)) {
    return {
      text: notation.integral(hold(inner, PRODUCT, notation), print(limits, notation).text),
      strength: PRODUCT,
    };
  }
  const [variable = '', lower, upper] = operandsOf(limits).map((each) => print(each, notation).text);
  return {
    text: notation.integral(hold(inner, PRODUCT, notation), variable, lower, upper),
    strength: PRODUCT,
  };
}
