import type { Application, Expression } from '../../expressions/expression.ts';
import { Fraction } from '../../expressions/fraction.ts';
import type { Bilingual, Outcome, PercentageTask } from '../task.ts';
import { DeclinedError } from '../worksheet.ts';
import type { Worksheet } from '../worksheet.ts';
import { decimal, roundedEquality } from './decimals.ts';

const HUNDRED = new Fraction(100);

/** One worked line of a percentage and its value. */
interface Line {
  readonly text: Bilingual;
  readonly left: Expression;
  readonly value: Fraction;
}

/** Works out the six percentage questions of school arithmetic. */
export function solvePercentage(sheet: Worksheet, task: PercentageTask): Outcome {
  const first = Fraction.parse(task.first);
  const second = Fraction.parse(task.second);
  if (!first || !second) throw new DeclinedError('unsupported');
  const { lines, unit } = linesFor(task.form, first, second);
  for (const { text, left, value } of lines) sheet.fact(text, roundedEquality(left, value));
  const last = lines.at(-1);
  if (!last) throw new DeclinedError('unsupported');
  const text = `${last.value.toDecimal()}${unit}`;
  const claim: Application = ['Equal', last.left, last.value.toExpression()];
  return sheet.solved({ text, latex: text.replace('%', '\\%'), isVerified: sheet.check.isTrue(claim) });
}

function linesFor(
  form: PercentageTask['form'],
  first: Fraction,
  second: Fraction,
): { lines: readonly Line[]; unit: string } {
  const [a, b] = [decimal(first), decimal(second)];
  switch (form) {
    case 'part': {
      const value = first.divide(HUNDRED).multiply(second);
      const text = {
        en: 'Percent means per hundred: divide by 100 and multiply.',
        hi: 'प्रतिशत का अर्थ है प्रति सौ: 100 से भाग देकर गुणा कीजिए।',
      };
      return { unit: '', lines: [{ text, left: ['Multiply', ['Divide', a, 100], b], value }] };
    }
    case 'rate': {
      const value = first.divide(nonZero(second)).multiply(HUNDRED);
      const text = {
        en: 'Divide the part by the whole and multiply by 100.',
        hi: 'भाग को पूर्ण से भाग देकर 100 से गुणा कीजिए।',
      };
      return { unit: '%', lines: [{ text, left: ['Multiply', ['Divide', a, b], 100], value }] };
    }
    case 'whole': {
      const value = first.multiply(HUNDRED).divide(nonZero(second));
      const text = {
        en: 'Divide the part by the percentage and multiply by 100.',
        hi: 'भाग को प्रतिशत से भाग देकर 100 से गुणा कीजिए।',
      };
      return { unit: '', lines: [{ text, left: ['Multiply', ['Divide', a, b], 100], value }] };
    }
    case 'increase':
    case 'decrease': {
      const part = second.divide(HUNDRED).multiply(first);
      const isUp = form === 'increase';
      const value = isUp ? first.add(part) : first.subtract(part);
      return {
        unit: '',
        lines: [
          {
            text: { en: 'Find the change.', hi: 'परिवर्तन ज्ञात कीजिए।' },
            left: ['Multiply', ['Divide', b, 100], a],
            value: part,
          },
          {
            text: isUp ? { en: 'Add it.', hi: 'इसे जोड़िए।' } : { en: 'Subtract it.', hi: 'इसे घटाइए।' },
            left: ['Add', a, isUp ? decimal(part) : ['Negate', decimal(part)]],
            value,
          },
        ],
      };
    }
    case 'change': {
      const change = second.subtract(first);
      const value = change.divide(nonZero(first)).multiply(HUNDRED);
      return {
        unit: '%',
        lines: [
          {
            text: { en: 'Find the change.', hi: 'परिवर्तन ज्ञात कीजिए।' },
            left: ['Add', b, ['Negate', a]],
            value: change,
          },
          {
            text: {
              en: 'Compare it with the first value and multiply by 100.',
              hi: 'पहले मान से तुलना करके 100 से गुणा कीजिए।',
            },
            left: ['Multiply', ['Divide', decimal(change), a], 100],
            value,
          },
        ],
      };
    }
  }
}

function nonZero(value: Fraction): Fraction {
  if (value.isZero) throw new DeclinedError('unsupported');
  return value;
}
