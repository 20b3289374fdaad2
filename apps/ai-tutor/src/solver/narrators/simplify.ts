import { canonical } from '../../expressions/canonical.ts';
import {
  isApplication,
  isCall,
  isSame,
  mentions,
  operand,
  operandsOf,
  variablesOf,
} from '../../expressions/expression.ts';
import type { Application, Expression } from '../../expressions/expression.ts';
import { Fraction, fractionOf } from '../../expressions/fraction.ts';
import { Polynomial } from '../../expressions/polynomial.ts';
import { printLatex, printText } from '../../expressions/print.ts';
import { factorisationExpression, factorUnivariate } from '../polynomial-factors.ts';
import type { Factorisation } from '../polynomial-factors.ts';
import type { Outcome } from '../task.ts';
import { exactRounds } from '../exact-arithmetic.ts';
import { rationalFunctionOf } from '../rational-function.ts';
import { DeclinedError } from '../worksheet.ts';
import type { Worksheet } from '../worksheet.ts';

/** More digits than this are no answer to a school question. */
const DIGITS_MAX = 60;

/** Works out a number, collects like terms, cancels common factors, or asks the engine for a simpler form. */
export function simplify(sheet: Worksheet, expression: Expression): Outcome {
  if (!mentions(expression)) return evaluateNumber(sheet, expression);
  const polynomial = Polynomial.of(expression);
  if (polynomial)
    return finish(sheet, expression, polynomial.toExpression(), 'Collect like terms.', 'समान पद इकट्ठे कीजिए।');
  const [variable, ...others] = variablesOf(expression);
  const fraction = rationalFunctionOf(expression);
  if (fraction && variable !== undefined && others.length === 0) {
    return cancel(
      sheet,
      expression,
      factorUnivariate(fraction.top, variable),
      factorUnivariate(fraction.bottom, variable),
    );
  }
  const simpler = sheet.engine.simplify(expression);
  return finish(sheet, expression, simpler, 'Use the known identities.', 'ज्ञात सर्वसमिकाएँ लगाइए।');
}

function finish(
  sheet: Worksheet,
  expression: Expression,
  result: Expression,
  en: string,
  hi: string,
): Outcome {
  const line: Application = ['Equal', expression, result];
  if (isSame(canonical(expression), canonical(result))) {
    sheet.identity({ en: 'This is already in simplest form.', hi: 'यह पहले से सरलतम रूप में है।' }, line);
  } else {
    sheet.identity({ en, hi }, line);
  }
  return sheet.solved({
    text: printText(result),
    latex: printLatex(result),
    isVerified: sheet.check.isIdentity(line),
  });
}

function cancel(
  sheet: Worksheet,
  expression: Expression,
  top: Factorisation,
  bottom: Factorisation,
): Outcome {
  const factored: Expression = ['Divide', factorisationExpression(top), factorisationExpression(bottom)];
  sheet.identity({ en: 'Factorise the numerator and the denominator.', hi: 'अंश और हर के गुणनखंड कीजिए।' }, [
    'Equal',
    expression,
    factored,
  ]);
  const key = (polynomial: Polynomial) => JSON.stringify(polynomial.toExpression());
  const cancelled = new Map(bottom.factors.map(({ polynomial, times }) => [key(polynomial), times]));
  const left = (own: Factorisation, other: ReadonlyMap<string, number>) => ({
    content: own.content,
    factors: own.factors
      .map(({ polynomial, times }) => ({
        polynomial,
        times: Math.max(0, times - (other.get(key(polynomial)) ?? 0)),
      }))
      .filter(({ times }) => times > 0),
  });
  const inTop = new Map(top.factors.map(({ polynomial, times }) => [key(polynomial), times]));
  const [over, under] = [left(top, cancelled), left(bottom, inTop)];
  const content = over.content.divide(under.content);
  const topPart = factorisationExpression({
    content: new Fraction(content.numerator),
    factors: over.factors,
  });
  const bottomPart = factorisationExpression({
    content: new Fraction(content.denominator),
    factors: under.factors,
  });
  const result: Expression =
    bottomPart === 1 ? (Polynomial.of(topPart)?.toExpression() ?? topPart) : ['Divide', topPart, bottomPart];
  return finish(sheet, expression, result, 'Cancel the common factors.', 'समान गुणनखंड काटिए।');
}

/** Arithmetic, one round of brackets, powers, products and sums at a time. */
function evaluateNumber(sheet: Worksheet, expression: Expression): Outcome {
  const exact = exactRounds(expression);
  if (!exact) {
    const value = sheet.engine.simplify(expression);
    if (!isSettled(value)) throw new DeclinedError('unsupported');
    return finish(sheet, expression, value, 'Simplify.', 'सरल कीजिए।');
  }
  let previous = expression;
  for (const next of exact) {
    sheet.identity({ en: 'Work out the next operations.', hi: 'अगली संक्रियाएँ कीजिए।' }, [
      'Equal',
      previous,
      next,
    ]);
    previous = next;
  }
  const decimal = fractionOf(previous);
  if (printText(previous).length > DIGITS_MAX) throw new DeclinedError('too-large');
  const isVerified = sheet.check.isTrue(['Equal', expression, previous]);
  const inDecimals =
    decimal && !decimal.isInteger && isShortDecimal(decimal) ? ` = ${decimal.toDecimal(6)}` : '';
  return sheet.solved({
    text: `${printText(previous)}${inDecimals}`,
    latex: printLatex(previous),
    isVerified,
  });
}

/** A surd, π or e may stay; an operation the engine left undone may not. */
function isSettled(value: Expression): boolean {
  if (!isApplication(value)) return true;
  if (
    isCall(value, 'Power') &&
    !isCall(operand(value, 1), 'Rational') &&
    typeof operand(value, 0) === 'number'
  )
    return false;
  return (
    /^(Add|Multiply|Negate|Divide|Rational|Sqrt|Root|Power|Ln)$/.test(value[0]) &&
    operandsOf(value).every(isSettled)
  );
}

function isShortDecimal(value: Fraction): boolean {
  return 1_000_000n % value.denominator === 0n;
}
