import { isApplication, operandsOf } from '../expressions/expression.ts';
import type { Expression } from '../expressions/expression.ts';

const CONSTANTS: Readonly<Record<string, number>> = { Pi: Math.PI, ExponentialE: Math.E };

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  Negate: (a = NaN) => -a,
  Subtract: (a = NaN, b = NaN) => a - b,
  Divide: (a = NaN, b = NaN) => a / b,
  Rational: (a = NaN, b = NaN) => a / b,
  Sqrt: (a = NaN) => Math.sqrt(a),
  Root: (a = NaN, n = NaN) => (n % 2 === 1 ? Math.sign(a) * Math.abs(a) ** (1 / n) : a ** (1 / n)),
  Abs: (a = NaN) => Math.abs(a),
  Sin: (a = NaN) => Math.sin(a),
  Cos: (a = NaN) => Math.cos(a),
  Tan: (a = NaN) => Math.tan(a),
  Cot: (a = NaN) => 1 / Math.tan(a),
  Sec: (a = NaN) => 1 / Math.cos(a),
  Csc: (a = NaN) => 1 / Math.sin(a),
  Arcsin: (a = NaN) => Math.asin(a),
  Arccos: (a = NaN) => Math.acos(a),
  Arctan: (a = NaN) => Math.atan(a),
  Ln: (a = NaN) => Math.log(a),
  Log: (a = NaN, base = 10) => Math.log(a) / Math.log(base),
};

/**
 * The real value in doubles, NaN where there is none. Independent of the engine on purpose: it scans for roots the
 * engine may have missed.
 */
export function numberAt(expression: Expression, point: Readonly<Record<string, number>> = {}): number {
  if (typeof expression === 'number') return expression;
  if (typeof expression === 'string') return point[expression] ?? CONSTANTS[expression] ?? NaN;
  if (!isApplication(expression)) return Number(expression.num);
  const values = operandsOf(expression).map((child) => numberAt(child, point));
  if (expression[0] === 'Power') return realPower(values, operandsOf(expression)[1]);
  if (expression[0] === 'Add') return values.reduce((sum, value) => sum + value, 0);
  if (expression[0] === 'Multiply') return values.reduce((product, value) => product * value, 1);
  return FUNCTIONS[expression[0]]?.(...values) ?? NaN;
}

/** A negative base has a real power where the bottom of the exponent is odd: (-8)^(2/3) = 4. */
function realPower([base = NaN, exponent = NaN]: readonly number[], written: Expression | undefined): number {
  if (base >= 0 || !written || !isApplication(written) || !/^(Divide|Rational)$/.test(written[0]))
    return base ** exponent;
  const [top, bottom] = operandsOf(written);
  if (typeof top !== 'number' || typeof bottom !== 'number' || bottom % 2 === 0) return NaN;
  return (top % 2 === 0 ? 1 : -1) * Math.abs(base) ** exponent;
}

/** Is a relation, or each of several, true at a point? Nearly equal sides count as equal. */
export function isTrueAt(relation: Expression, point: Readonly<Record<string, number>>): boolean {
  if (!isApplication(relation)) return false;
  if (relation[0] === 'And') return operandsOf(relation).every((part) => isTrueAt(part, point));
  const [left = NaN, right = NaN] = operandsOf(relation).map((side) => numberAt(side, point));
  if (!Number.isFinite(left) || !Number.isFinite(right)) return false;
  if (Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left), Math.abs(right)))
    return !/^(Less|Greater|NotEqual)$/.test(relation[0]);
  return relation[0].startsWith('Less') ? left < right : relation[0].startsWith('Greater') && left > right;
}

const NEAR = 60;
const NEAR_STEP = 0.05;
const FAR = 1e6;
const ALMOST_ZERO = 1e-7;

/** Where a function of one unknown crosses or touches zero, as far as sampling can see. */
export function scanForRoots(expression: Expression, variable: string): number[] {
  const f = (x: number) => numberAt(expression, { [variable]: x });
  const found: number[] = [];
  const points = [...grid()].map((x) => ({ x, y: f(x) }));
  points.forEach((here, index) => {
    const before = points[index - 1];
    const after = points[index + 1];
    if (Math.abs(here.y) < ALMOST_ZERO) found.push(here.x);
    else if (before && before.y < 0 !== here.y < 0 && Number.isFinite(before.y) && Number.isFinite(here.y)) {
      const root = bisect(f, before.x, here.x);
      // A sign change at a pole is no root.
      if (Math.abs(f(root)) < 1e-3 * Math.max(1, Math.abs(before.y))) found.push(root);
    } else if (
      before &&
      after &&
      Math.abs(here.y) <= Math.abs(before.y) &&
      Math.abs(here.y) <= Math.abs(after.y)
    ) {
      const lowest = lowestBetween(f, before.x, after.x);
      if (Math.abs(f(lowest)) < ALMOST_ZERO) found.push(lowest);
    }
  });
  return found;
}

function* grid(): Generator<number> {
  for (let x = -FAR; x < -NEAR; x /= 1.05) yield x;
  // The offset keeps the grid off whole numbers, where poles like to be.
  for (let x = -NEAR; x <= NEAR; x += NEAR_STEP) yield x + 1e-3;
  for (let x = NEAR; x <= FAR; x *= 1.05) yield x;
}

function bisect(f: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  const lowIsNegative = f(low) < 0;
  for (let round = 0; round < 60; round += 1) {
    const middle = (low + high) / 2;
    if (f(middle) < 0 === lowIsNegative) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function lowestBetween(f: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let round = 0; round < 80; round += 1) {
    const third = (high - low) / 3;
    if (Math.abs(f(low + third)) < Math.abs(f(high - third))) high -= third;
    else low += third;
  }
  return (low + high) / 2;
}

/** Simpson's rule: the independent judge of a definite integral. NaN where the function has no value. */
export function integrateNumerically(
  expression: Expression,
  variable: string,
  from: number,
  to: number,
): number {
  const parts = 2000;
  const width = (to - from) / parts;
  let sum = 0;
  for (let index = 0; index <= parts; index += 1) {
    const weight = index === 0 || index === parts ? 1 : index % 2 === 1 ? 4 : 2;
    sum += weight * numberAt(expression, { [variable]: from + index * width });
  }
  return (sum * width) / 3;
}
