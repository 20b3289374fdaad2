import { canonical } from '../../expressions/canonical.ts';
import type { Expression } from '../../expressions/expression.ts';
import { greatestCommonDivisor, integerExpression } from '../../expressions/fraction.ts';
import { printLatex, printText } from '../../expressions/print.ts';
import type { Outcome } from '../task.ts';
import { DeclinedError } from '../worksheet.ts';
import type { Worksheet } from '../worksheet.ts';

const NUMBER_MAX = 10n ** 12n;
const COUNT_MAX = 8;

/** HCF or LCM by prime factors, or just the prime factors of one number. */
export function solveWholeNumbers(
  sheet: Worksheet,
  kind: 'hcf' | 'lcm' | 'prime-factors',
  texts: readonly string[],
): Outcome {
  const numbers = texts.map((text) => BigInt(text));
  if (numbers.length > COUNT_MAX || numbers.some((value) => value < 2n || value > NUMBER_MAX))
    throw new DeclinedError('too-large');
  const factored = numbers.map((value) => ({ value, primes: primeFactors(value) }));
  for (const { value, primes } of factored) {
    const line: Expression = ['Equal', integerExpression(value), powersExpression(primes)];
    sheet.fact({ en: `Prime factors of ${value}.`, hi: `${value} के अभाज्य गुणनखंड।` }, line);
  }
  const [first] = factored;
  if (!first) throw new DeclinedError('unsupported');
  if (kind === 'prime-factors') {
    const product = powersExpression(first.primes);
    const line: Expression = ['Equal', integerExpression(first.value), product];
    return sheet.solved({
      text: printText(product),
      latex: printLatex(product),
      isVerified: sheet.check.isTrue(line),
    });
  }
  const primes = combine(
    factored.map((each) => each.primes),
    kind,
  );
  const value = [...primes].reduce((product, [prime, power]) => product * prime ** BigInt(power), 1n);
  sheet.fact(
    kind === 'hcf'
      ? {
          en: 'Take each common prime with its smallest power.',
          hi: 'प्रत्येक उभयनिष्ठ अभाज्य की सबसे छोटी घात लीजिए।',
        }
      : { en: 'Take each prime with its greatest power.', hi: 'प्रत्येक अभाज्य की सबसे बड़ी घात लीजिए।' },
    ['Equal', powersExpression(primes), integerExpression(value)],
  );
  const name = kind === 'hcf' ? { en: 'HCF', hi: 'म.स.' } : { en: 'LCM', hi: 'ल.स.' };
  return sheet.solved({
    text: `${sheet.say(name)} = ${value}`,
    latex: `\\text{${sheet.say(name)}} = ${value}`,
    isVerified: value === byEuclid(numbers, kind),
  });
}

/** Trial division; the bound on the number keeps it short. */
function primeFactors(value: bigint): Map<bigint, number> {
  const primes = new Map<bigint, number>();
  let rest = value;
  for (let prime = 2n; prime * prime <= rest; prime += prime === 2n ? 1n : 2n) {
    for (; rest % prime === 0n; rest /= prime) primes.set(prime, (primes.get(prime) ?? 0) + 1);
  }
  if (rest > 1n) primes.set(rest, (primes.get(rest) ?? 0) + 1);
  return primes;
}

function combine(all: readonly ReadonlyMap<bigint, number>[], kind: 'hcf' | 'lcm'): Map<bigint, number> {
  const primes = [...new Set(all.flatMap((each) => [...each.keys()]))].sort((a, b) => (a < b ? -1 : 1));
  const choose = kind === 'hcf' ? Math.min : Math.max;
  const powers = primes.map((prime) => [prime, choose(...all.map((each) => each.get(prime) ?? 0))] as const);
  return new Map(powers.filter(([, power]) => power > 0));
}

function powersExpression(primes: ReadonlyMap<bigint, number>): Expression {
  const powers = [...primes].map(([prime, power]): Expression =>
    power === 1 ? integerExpression(prime) : ['Power', integerExpression(prime), power],
  );
  const [only = 1] = powers;
  return powers.length <= 1 ? only : canonical(['Multiply', ...powers]);
}

/** The same result by another road: Euclid's algorithm. */
function byEuclid(numbers: readonly bigint[], kind: 'hcf' | 'lcm'): bigint {
  return numbers.reduce((result, value) => {
    const shared = greatestCommonDivisor(result, value);
    return kind === 'hcf' ? shared : (result / shared) * value;
  });
}
