import type { Expression } from '../../expressions/expression.ts';
import { Fraction } from '../../expressions/fraction.ts';
import type { InterestTask, Outcome } from '../task.ts';
import { DeclinedError } from '../worksheet.ts';
import type { Worksheet } from '../worksheet.ts';
import { decimal, roundedEquality, rupees } from './decimals.ts';

const HUNDRED = new Fraction(100);
const PERIODS_MAX = 120;

/** Simple interest SI = PRT/100, or the amount A = P(1 + r/100)ⁿ of compound interest. */
export function solveInterest(sheet: Worksheet, task: InterestTask): Outcome {
  const principal = Fraction.parse(task.principal);
  const rate = Fraction.parse(task.ratePercent);
  if (!principal || !rate) throw new DeclinedError('unsupported');
  const years = new Fraction(task.months, 12);
  const terms = { principal, rate, years, periodsPerYear: task.periodsPerYear };
  return task.kind === 'simple-interest' ? simple(sheet, terms) : compound(sheet, terms);
}

interface Terms {
  readonly principal: Fraction;
  readonly rate: Fraction;
  readonly years: Fraction;
  readonly periodsPerYear: number;
}

function simple(sheet: Worksheet, { principal, rate, years }: Terms): Outcome {
  const interest = principal.multiply(rate).multiply(years).divide(HUNDRED);
  const amount = principal.add(interest);
  const product: Expression = [
    'Divide',
    ['Multiply', decimal(principal), decimal(rate), decimal(years)],
    100,
  ];
  sheet.fact(
    { en: 'Simple interest = P × R × T / 100.', hi: 'साधारण ब्याज = मूलधन × दर × समय / 100।' },
    roundedEquality(product, interest),
  );
  sheet.fact(
    { en: 'Amount = principal + interest.', hi: 'मिश्रधन = मूलधन + ब्याज।' },
    roundedEquality(['Add', decimal(principal), decimal(interest)], amount),
  );
  return result(
    sheet,
    'simple',
    interest,
    amount,
    sheet.check.isTrue(['Equal', product, interest.toExpression()]),
  );
}

function compound(sheet: Worksheet, { principal, rate, years, periodsPerYear }: Terms): Outcome {
  const periods = years.multiply(new Fraction(periodsPerYear));
  if (!periods.isInteger || periods.compare(new Fraction(PERIODS_MAX)) > 0)
    throw new DeclinedError('unsupported');
  const count = periods.toNumber();
  const ratePerPeriod = rate.divide(new Fraction(periodsPerYear));
  if (periodsPerYear > 1) {
    sheet.fact(
      {
        en: `Rate for one of the ${periodsPerYear} periods in a year.`,
        hi: `वर्ष के ${periodsPerYear} अवधियों में से एक की दर।`,
      },
      roundedEquality(['Divide', decimal(rate), periodsPerYear], ratePerPeriod),
    );
  }
  const growth = Fraction.one.add(ratePerPeriod.divide(HUNDRED));
  const amount = principal.multiply(growth.power(count));
  const interest = amount.subtract(principal);
  const formula: Expression = [
    'Multiply',
    decimal(principal),
    ['Power', ['Add', 1, ['Divide', decimal(ratePerPeriod), 100]], count],
  ];
  sheet.step(
    {
      en: `Amount = P(1 + r/100)ⁿ with n = ${count}, to the nearest paisa.`,
      hi: `मिश्रधन = P(1 + r/100)ⁿ, n = ${count}, निकटतम पैसे तक।`,
    },
    ['Equal', formula, { num: amount.toDecimal(2) }],
    () => isRounded(sheet, formula, amount),
  );
  sheet.fact({ en: 'Compound interest = amount - principal.', hi: 'चक्रवृद्धि ब्याज = मिश्रधन - मूलधन।' }, [
    'Equal',
    ['Add', { num: amount.toDecimal(2) }, ['Negate', decimal(principal)]],
    { num: interest.toDecimal(2) },
  ]);
  return result(sheet, 'compound', interest, amount, isRounded(sheet, formula, amount));
}

function isRounded(sheet: Worksheet, formula: Expression, amount: Fraction): boolean {
  return (
    Math.abs(sheet.check.real(formula) - Number(amount.toDecimal(2))) <= 0.005 + 1e-9 * amount.toNumber()
  );
}

function result(
  sheet: Worksheet,
  kind: 'simple' | 'compound',
  interest: Fraction,
  amount: Fraction,
  isVerified: boolean,
): Outcome {
  const name =
    kind === 'simple'
      ? { en: 'Simple interest', hi: 'साधारण ब्याज' }
      : { en: 'Compound interest', hi: 'चक्रवृद्धि ब्याज' };
  return sheet.solved({
    text: `${sheet.say(name)} = ${rupees(interest)}, ${sheet.say({ en: 'amount', hi: 'मिश्रधन' })} = ${rupees(amount)}`,
    latex: `\\text{${sheet.say(name)}} = ${rupees(interest)}`,
    isVerified,
  });
}
