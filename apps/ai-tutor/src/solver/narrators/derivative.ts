import {
  isApplication,
  isCall,
  isSame,
  mentions,
  operand,
  operandsOf,
} from '../../expressions/expression.ts';
import type { Application, Expression } from '../../expressions/expression.ts';
import { canonical } from '../../expressions/canonical.ts';
import { printLatex, printText } from '../../expressions/print.ts';
import { collected } from '../engine.ts';
import { numberAt } from '../numeric.ts';
import type { Bilingual, Outcome } from '../task.ts';
import type { Worksheet } from '../worksheet.ts';

const DEPTH_MAX = 4;
const ORDINALS: readonly Bilingual[] = [
  { en: 'first', hi: 'पहला' },
  { en: 'second', hi: 'दूसरा' },
  { en: 'third', hi: 'तीसरा' },
];

/** Differentiates term by term and names the rule of each. */
export function differentiate(
  sheet: Worksheet,
  expression: Expression,
  variable: string,
  order: number,
): Outcome {
  let current = expression;
  let isVerified = true;
  for (let round = 0; round < order; round += 1) {
    if (order > 1) {
      const name = ORDINALS[round] ?? { en: `${round + 1}th`, hi: `${round + 1}वाँ` };
      announce(sheet, current, variable, {
        en: `Find the ${name.en} derivative.`,
        hi: `${name.hi} अवकलज ज्ञात कीजिए।`,
      });
    }
    narrate(sheet, current, variable, 0);
    const result = derivativeOf(sheet, current, variable);
    const terms = isCall(current, 'Add') ? operandsOf(current) : [];
    if (terms.length > 1) {
      sheet.identity({ en: 'Add the derivatives of the terms.', hi: 'पदों के अवकलजों को जोड़िए।' }, [
        'Equal',
        ['D', current, variable],
        result,
      ]);
    }
    isVerified &&= slopesAgree(sheet, current, result, variable);
    current = result;
  }
  return sheet.solved({ text: printText(current), latex: printLatex(current), isVerified });
}

function announce(sheet: Worksheet, expression: Expression, variable: string, text: Bilingual): void {
  const line: Application = ['Equal', ['D', expression, variable], derivativeOf(sheet, expression, variable)];
  sheet.identity(text, line);
}

function derivativeOf(sheet: Worksheet, expression: Expression, variable: string): Expression {
  return collected(sheet.engine.differentiate(expression, variable));
}

/** Explains one expression: its terms, or the rule for its outermost operation and then its parts. */
function narrate(sheet: Worksheet, expression: Expression, variable: string, depth: number): void {
  if (depth > DEPTH_MAX) return;
  if (isCall(expression, 'Add')) {
    for (const term of operandsOf(expression)) narrate(sheet, term, variable, depth + 1);
    return;
  }
  if (isCall(expression, 'Negate')) {
    narrate(sheet, operand(expression, 0), variable, depth);
    return;
  }
  const { rule, parts } = ruleFor(expression, variable);
  for (const part of parts) narrate(sheet, part, variable, depth + 1);
  sheet.identity(rule, ['Equal', ['D', expression, variable], derivativeOf(sheet, expression, variable)]);
}

/** The rule of the outermost operation, and the inner parts whose derivatives it needs. */
function ruleFor(
  expression: Expression,
  variable: string,
): { rule: Bilingual; parts: readonly Expression[] } {
  if (!mentions(expression, variable)) {
    return { rule: { en: 'The derivative of a constant is 0.', hi: 'अचर का अवकलज 0 होता है।' }, parts: [] };
  }
  if (isSame(expression, variable)) {
    return {
      rule: { en: `The derivative of ${variable} is 1.`, hi: `${variable} का अवकलज 1 होता है।` },
      parts: [],
    };
  }
  if (isCall(expression, 'Multiply')) return productRule(expression, variable);
  if (isCall(expression, 'Divide')) {
    if (!mentions(operand(expression, 1), variable)) {
      return {
        rule: { en: 'A constant divisor stays.', hi: 'अचर भाजक वैसा ही रहता है।' },
        parts: nontrivial([operand(expression, 0)], variable),
      };
    }
    return {
      rule: { en: "Quotient rule: (u/v)' = (u'v - uv')/v².", hi: "भागफल नियम: (u/v)' = (u'v - uv')/v²।" },
      parts: nontrivial([operand(expression, 0), operand(expression, 1)], variable),
    };
  }
  if (isCall(expression, 'Power')) return powerRule(expression, variable);
  const inner = isApplication(expression) ? operand(expression, 0) : variable;
  return isSame(inner, variable)
    ? { rule: { en: 'This is a standard derivative.', hi: 'यह मानक अवकलज है।' }, parts: [] }
    : {
        rule: { en: "Chain rule: f(u)' = f'(u) · u'.", hi: "श्रृंखला नियम: f(u)' = f'(u) · u'।" },
        parts: [inner],
      };
}

function productRule(
  expression: Application,
  variable: string,
): { rule: Bilingual; parts: readonly Expression[] } {
  const factors = operandsOf(expression);
  const varying = factors.filter((factor) => mentions(factor, variable));
  if (varying.length === 1) {
    const [factor = variable] = varying;
    const isPower =
      isSame(factor, variable) || (isCall(factor, 'Power') && isSame(operand(factor, 0), variable));
    return isPower
      ? {
          rule: {
            en: "Power rule: (xⁿ)' = n xⁿ⁻¹; the constant factor stays.",
            hi: "घात नियम: (xⁿ)' = n xⁿ⁻¹; अचर गुणक वैसा ही रहता है।",
          },
          parts: [],
        }
      : { rule: { en: 'A constant factor stays.', hi: 'अचर गुणक वैसा ही रहता है।' }, parts: [factor] };
  }
  return {
    rule: { en: "Product rule: (uv)' = u'v + uv'.", hi: "गुणनफल नियम: (uv)' = u'v + uv'।" },
    parts: nontrivial(varying, variable),
  };
}

function powerRule(
  expression: Application,
  variable: string,
): { rule: Bilingual; parts: readonly Expression[] } {
  const [base, exponent] = [operand(expression, 0), operand(expression, 1)];
  if (mentions(exponent, variable)) {
    return mentions(base, variable)
      ? { rule: { en: 'Take logarithms: uᵛ = e^(v ln u).', hi: 'लघुगणक लीजिए: uᵛ = e^(v ln u)।' }, parts: [] }
      : {
          rule: { en: "Exponential rule: (aᵘ)' = aᵘ ln a · u'.", hi: "चरघातांकी नियम: (aᵘ)' = aᵘ ln a · u'।" },
          parts: nontrivial([exponent], variable),
        };
  }
  if (isSame(base, variable)) {
    return { rule: { en: "Power rule: (xⁿ)' = n xⁿ⁻¹.", hi: "घात नियम: (xⁿ)' = n xⁿ⁻¹।" }, parts: [] };
  }
  return {
    rule: {
      en: "Chain rule with the power rule: (uⁿ)' = n uⁿ⁻¹ · u'.",
      hi: "घात नियम के साथ श्रृंखला नियम: (uⁿ)' = n uⁿ⁻¹ · u'।",
    },
    parts: [base],
  };
}

function nontrivial(parts: readonly Expression[], variable: string): Expression[] {
  return parts.filter((part) => mentions(part, variable) && !isSame(canonical(part), variable));
}

/** Compares the answer with difference quotients, which know nothing of rules. */
function slopesAgree(
  sheet: Worksheet,
  expression: Expression,
  result: Expression,
  variable: string,
): boolean {
  const others = Object.fromEntries(
    'abcdfghjklmnopqrstuvwxyz'.split('').map((name, index) => [name, 1.37 + index / 10]),
  );
  const h = 1e-5;
  let compared = 0;
  for (const x of [0.41, 0.83, 1.27, 2.19, 3.31, -0.57, -1.73]) {
    const at = (value: number) => numberAt(expression, { ...others, [variable]: value });
    const slope = (at(x + h) - at(x - h)) / (2 * h);
    const claimed = numberAt(result, { ...others, [variable]: x });
    if (!Number.isFinite(slope) || !Number.isFinite(claimed)) continue;
    if (Math.abs(slope - claimed) > 1e-4 * Math.max(1, Math.abs(slope))) return false;
    compared += 1;
  }
  const isEngineSure = sheet.check.isIdentity(['Equal', ['D', expression, variable], result]);
  return compared >= 2 && isEngineSure;
}
