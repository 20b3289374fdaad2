import type { Expression } from './expression.ts';
import { FUNCTIONS } from './notation.ts';
import { apply, at, multiply, negate, numberExpression, symbol } from './parsed-nodes.ts';
import { tokenize, UnreadableError } from './tokens.ts';
import type { Token } from './tokens.ts';

const DEPTH_MAX = 40;
const RELATION_SIGNS: Readonly<Record<string, string>> = {
  '=': 'Equal',
  '<': 'Less',
  '<=': 'LessEqual',
  '>': 'Greater',
  '>=': 'GreaterEqual',
};
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', '|': '|' };

/** Reads plain text or LaTeX into an expression that keeps the student's shape. Throws UnreadableError. */
export function parseExpression(text: string): Expression {
  return new Parser(tokenize(text)).whole();
}

class Parser {
  readonly #tokens: Token[];
  #position = 0;
  #depth = 0;
  #openBars = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#relation();
    if (this.#peek.kind !== 'end') throw new UnreadableError(`Unexpected ${this.#peek.text}`);
    return expression;
  }

  get #peek(): Token {
    return this.#tokens[this.#position] ?? { kind: 'end', text: '' };
  }

  #isSign(...signs: string[]): boolean {
    return this.#peek.kind === 'sign' && signs.includes(this.#peek.text);
  }

  #accept(...signs: string[]): string | undefined {
    if (!this.#isSign(...signs)) return undefined;
    const { text } = this.#peek;
    this.#position += 1;
    return text;
  }

  #expect(sign: string): void {
    if (this.#accept(sign) === undefined) throw new UnreadableError(`Expected ${sign}`);
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > DEPTH_MAX) throw new UnreadableError('The expression is nested too deeply');
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }

  /** `a < b <= c` becomes one relation for each pair. */
  #relation(): Expression {
    const sides = [this.#sum()];
    const operators: string[] = [];
    for (
      let sign = this.#accept(...Object.keys(RELATION_SIGNS));
      sign;
      sign = this.#accept(...Object.keys(RELATION_SIGNS))
    ) {
      operators.push(RELATION_SIGNS[sign] ?? 'Equal');
      sides.push(this.#sum());
    }
    const pairs = operators.map((operator, index): Expression => [
      operator,
      at(sides, index),
      at(sides, index + 1),
    ]);
    if (pairs.length > 2) throw new UnreadableError('Too many relations in one line');
    return pairs.length === 0 ? at(sides, 0) : pairs.length === 1 ? at(pairs, 0) : ['And', ...pairs];
  }

  #sum(): Expression {
    return this.#nested(() => {
      const terms = [this.#product()];
      for (let sign = this.#accept('+', '-'); sign; sign = this.#accept('+', '-')) {
        const term = this.#product();
        terms.push(sign === '+' ? term : negate(term));
      }
      return terms.length === 1 ? at(terms, 0) : ['Add', ...terms];
    });
  }

  /** `1/2 x` is half of x; `1/2x`, `a/b/c` and `6/2(1+2)` are read both ways by people, so they are not read at all. */
  #product(): Expression {
    let product = this.#signed();
    let hasDivided = false;
    for (;;) {
      const isAmbiguous =
        hasDivided && (this.#isSign('/') || (this.#startsFactor() && this.#peek.isSpaced !== true));
      if (isAmbiguous) throw new UnreadableError('The fraction needs brackets');
      if (this.#accept('*')) {
        product = multiply(product, this.#signed());
        hasDivided = false;
      } else if (this.#accept('/')) {
        product = ['Divide', product, this.#signed()];
        hasDivided = true;
      } else if (this.#accept('÷')) {
        product = ['Divide', product, this.#divisor()];
        hasDivided = true;
      } else if (this.#startsFactor()) product = multiply(product, this.#power());
      else return product;
    }
  }

  /** `3/4 ÷ 3/8` divides by the fraction. */
  #divisor(): Expression {
    const value = this.#signed();
    return this.#accept('/') ? ['Divide', value, this.#signed()] : value;
  }

  #signed(): Expression {
    return this.#nested(() => {
      if (this.#accept('-')) return negate(this.#signed());
      this.#accept('+');
      return this.#power();
    });
  }

  #startsFactor(): boolean {
    const { kind } = this.#peek;
    // `x2` may be x², `3 1/2` a mixed number: a number is never multiplied without a sign.
    if (kind === 'name') return true;
    return this.#isSign('(', '[', '{') || (this.#openBars === 0 && this.#isSign('|'));
  }

  #power(): Expression {
    const base = this.#postfix();
    return this.#accept('^') ? ['Power', base, this.#nested(() => this.#exponent())] : base;
  }

  #exponent(): Expression {
    return this.#isSign('{') ? this.#group() : this.#signed();
  }

  #postfix(): Expression {
    let value = this.#atom();
    for (let sign = this.#accept('!', '°'); sign; sign = this.#accept('!', '°')) {
      value = sign === '!' ? ['Factorial', value] : ['Multiply', value, ['Divide', 'Pi', 180]];
    }
    return value;
  }

  #atom(): Expression {
    const token = this.#peek;
    if (this.#isSign('|')) return this.#absolute();
    if (this.#isSign('(', '[', '{')) return this.#group();
    if (token.kind !== 'number' && token.kind !== 'name')
      throw new UnreadableError(`Unexpected ${token.text || 'end'}`);
    this.#position += 1;
    if (token.kind === 'number') return numberExpression(token.text);
    if (token.text === 'frac') return ['Divide', this.#latexOperand(), this.#latexOperand()];
    const operator = FUNCTIONS[token.text];
    return operator === undefined ? symbol(token.text) : this.#call(operator);
  }

  #latexOperand(): Expression {
    return this.#isSign('{') ? this.#group() : this.#atom();
  }

  #group(): Expression {
    const closing = CLOSING[this.#accept('(', '[', '{') ?? ''] ?? ')';
    const bars = this.#openBars;
    this.#openBars = 0;
    const inner = this.#sum();
    this.#openBars = bars;
    this.#expect(closing);
    return inner;
  }

  #absolute(): Expression {
    this.#expect('|');
    this.#openBars += 1;
    const inner = this.#sum();
    this.#openBars -= 1;
    this.#expect('|');
    return ['Abs', inner];
  }

  #call(operator: string): Expression {
    return this.#nested(() => {
      if (operator === 'Sqrt' && this.#accept('[')) {
        const degree = this.#sum();
        this.#expect(']');
        return ['Root', this.#latexOperand(), degree];
      }
      const base = operator === 'Log' && this.#accept('_') ? this.#latexOperand() : undefined;
      const exponent = this.#accept('^') ? this.#exponent() : undefined;
      const argument = this.#isSign('(', '[', '{', '|') ? this.#atom() : this.#openArgument(operator);
      const value = apply(operator, argument, base, exponent);
      return exponent === undefined || exponent === -1 ? value : ['Power', value, exponent];
    });
  }

  /** `sin 2x` takes 2x; `sin x cos x` takes x only; a root takes one factor. */
  #openArgument(operator: string): Expression {
    let argument = this.#signed();
    if (operator === 'Sqrt' || operator === 'Cbrt') return argument;
    while (this.#peek.kind === 'name' && !(this.#peek.text in FUNCTIONS)) {
      argument = multiply(argument, this.#power());
    }
    return argument;
  }
}
