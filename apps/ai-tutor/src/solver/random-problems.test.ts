import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExpression } from '../expressions/parser.ts';
import { Polynomial } from '../expressions/polynomial.ts';
import { printText } from '../expressions/print.ts';
import { Fraction } from '../expressions/fraction.ts';
import { taskOf } from '../questions/understand.ts';
import { Engine } from './engine.ts';
import { solve } from './solve.ts';

const engine = new Engine();
const ROUNDS = 60;

/** A small generator with a fixed seed, so that a failure can be repeated. */
function createRandom(seed: number): (low: number, high: number) => number {
  let state = seed;
  return (low, high) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return low + (state % (high - low + 1));
  };
}

function answerTo(question: string): string {
  const task = taskOf(question);
  assert.ok(task, question);
  const outcome = solve(engine, task, 'en', 20_000);
  assert.ok(outcome.status === 'solved', question);
  assert.equal(outcome.droppedSteps, 0, question);
  return outcome.answer;
}

test('every quadratic made from two rational roots is solved with exactly these roots', () => {
  const random = createRandom(20_261_123);
  for (let round = 0; round < ROUNDS; round += 1) {
    const roots = [new Fraction(random(-9, 9), random(1, 4)), new Fraction(random(-9, 9), random(1, 3))];
    const scale = random(1, 3) * (random(0, 1) === 0 ? 1 : -1);
    const polynomial = roots.reduce(
      (product, root) =>
        product.multiply(
          Polynomial.fromCoefficients('x', [new Fraction(-root.numerator), new Fraction(root.denominator)]),
        ),
      Polynomial.constant(new Fraction(scale)),
    );
    const question = `${printText(polynomial.toExpression())} = 0`;
    const sorted = roots
      .sort((left, right) => left.compare(right))
      .map((root) => `x = ${printText(root.toExpression())}`);
    const expected = sorted[0] === sorted[1] ? `${sorted[0]} (a repeated root)` : sorted.join(' or ');
    assert.equal(answerTo(question), expected, question);
  }
});

test('every regular 2 x 2 system is solved with the numbers it was made from', () => {
  const random = createRandom(42);
  for (let round = 0; round < ROUNDS; round += 1) {
    const [x, y] = [random(-9, 9), random(-9, 9)];
    const [a, b, c, d] = [random(1, 9), random(1, 9), random(1, 9), -random(1, 9)];
    const question = `${a}x + ${b}y = ${a * x + b * y}, ${c}x - ${-d}y = ${c * x + d * y}`;
    assert.equal(answerTo(question), `x = ${x}, y = ${y}`, question);
  }
});

test('what is printed is read back as the same expression', () => {
  const random = createRandom(7);
  for (let round = 0; round < 200; round += 1) {
    const coefficients = Array.from({ length: 4 }, () => new Fraction(random(-9, 9), random(1, 3)));
    const polynomial = Polynomial.fromCoefficients('x', coefficients);
    const again = Polynomial.of(parseExpression(printText(polynomial.toExpression())));
    assert.ok(again?.subtract(polynomial).isZero, printText(polynomial.toExpression()));
  }
});
