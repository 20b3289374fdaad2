import { canonical } from '../../expressions/canonical.ts';
import {
  isApplication,
  isCall,
  isSame,
  mentions,
  operand,
  operandsOf,
  substitute,
  nodesOf,
} from '../../expressions/expression.ts';
import type { Expression } from '../../expressions/expression.ts';
import { Polynomial } from '../../expressions/polynomial.ts';
import { printLatex, printText } from '../../expressions/print.ts';
import { integrateNumerically } from '../numeric.ts';
import type { Bilingual, Outcome } from '../task.ts';
import { DeclinedError } from '../worksheet.ts';
import type { Worksheet } from '../worksheet.ts';

/** Operators of antiderivatives that a school book prints. */
const SCHOOL: RegExp =
  /^(Add|Multiply|Negate|Divide|Rational|Power|Sqrt|Root|Abs|Sin|Cos|Tan|Cot|Sec|Csc|Arcsin|Arccos|Arctan|Ln|Log)$/;

/** Integrates term by term; the result is differentiated back before anyone sees it. */
export function integrate(
  sheet: Worksheet,
  expression: Expression,
  variable: string,
  bounds?: readonly [Expression, Expression],
): Outcome {
  const polynomial = Polynomial.of(expression);
  const isHighPower = isCall(expression, 'Power') && typeof expression[2] === 'number' && expression[2] > 2;
  const integrand = polynomial && !isHighPower ? polynomial.toExpression() : expression;
  if (!isSame(canonical(integrand), canonical(expression))) {
    sheet.identity({ en: 'Multiply out first.', hi: 'पहले गुणा करके फैलाइए।' }, ['Equal', expression, integrand]);
  }
  const terms = isCall(integrand, 'Add') ? operandsOf(integrand) : [integrand];
  const pieces = terms.map((term) => antiderivative(sheet, term, variable));
  const isTermwise = pieces.every((piece) => piece !== undefined);
  const whole = isTermwise ? sum(pieces) : antiderivative(sheet, integrand, variable);
  if (whole === undefined) throw new DeclinedError('unsupported');
  if (isTermwise) {
    terms.forEach((term, index) => {
      const piece = pieces[index] ?? 0;
      sheet.step(ruleFor(term, variable), ['Equal', ['Integrate', term, variable], piece], () =>
        isAntiderivative(sheet, term, piece, variable),
      );
    });
  }
  const isVerified = isAntiderivative(sheet, expression, whole, variable);
  if (bounds) return evaluateBetween(sheet, expression, whole, variable, bounds, isVerified);
  if (terms.length > 1) {
    sheet.step(
      { en: 'Add the parts and the constant of integration C.', hi: 'भागों को जोड़िए और समाकलन अचर C लिखिए।' },
      ['Equal', ['Integrate', expression, variable], ['Add', ...flat(whole), 'C']],
      () => isVerified,
    );
  }
  sheet.identity({ en: 'Check by differentiating the answer.', hi: 'उत्तर का अवकलन करके जाँचिए।' }, [
    'Equal',
    ['D', whole, variable],
    expression,
  ]);
  const answer: Expression = ['Add', ...flat(whole), 'C'];
  return sheet.solved({ text: printText(answer), latex: printLatex(answer), isVerified });
}

function evaluateBetween(
  sheet: Worksheet,
  expression: Expression,
  whole: Expression,
  variable: string,
  [lower, upper]: readonly [Expression, Expression],
  isAntiderivativeRight: boolean,
): Outcome {
  const integral: Expression = ['Integrate', expression, ['Limits', variable, lower, upper]];
  const at = (value: Expression) => substitute(whole, { [variable]: value });
  const value = sheet.engine.simplify(['Subtract', at(upper), at(lower)]);
  const numeric = integrateNumerically(
    expression,
    variable,
    sheet.check.real(lower),
    sheet.check.real(upper),
  );
  const claimed = sheet.check.real(value);
  const isVerified =
    isAntiderivativeRight && Math.abs(numeric - claimed) <= 1e-6 * Math.max(1, Math.abs(claimed));
  const [from, to] = [printText(lower), printText(upper)];
  sheet.step(
    {
      en: `Value of the antiderivative at ${variable} = ${to} minus its value at ${variable} = ${from}.`,
      hi: `${variable} = ${to} पर प्रति-अवकलज का मान घटा ${variable} = ${from} पर मान।`,
    },
    [
      'Equal',
      integral,
      ['Add', sheet.engine.simplify(at(upper)), ['Negate', sheet.engine.simplify(at(lower))]],
      value,
    ],
    () => isVerified,
  );
  return sheet.solved({ text: printText(value), latex: printLatex(value), isVerified });
}

/** The engine's antiderivative, if it is one a school book would print. */
function antiderivative(sheet: Worksheet, expression: Expression, variable: string): Expression | undefined {
  const found = sheet.engine.integrate(expression, variable);
  const operators = nodesOf(found).filter(isApplication);
  return operators.every(([operator]) => SCHOOL.test(operator)) ? found : undefined;
}

function isAntiderivative(
  sheet: Worksheet,
  expression: Expression,
  found: Expression,
  variable: string,
): boolean {
  return sheet.check.isIdentity(['Equal', ['D', found, variable], expression]);
}

function ruleFor(term: Expression, variable: string): Bilingual {
  const core = coreOf(term, variable);
  if (!mentions(core, variable))
    return { en: 'The integral of a constant k is kx.', hi: 'अचर k का समाकल kx है।' };
  if (
    isSame(core, variable) ||
    (isCall(core, 'Power') && isSame(operand(core, 0), variable) && !mentions(operand(core, 1), variable))
  ) {
    return { en: 'Power rule: ∫ xⁿ dx = xⁿ⁺¹/(n + 1).', hi: 'घात नियम: ∫ xⁿ dx = xⁿ⁺¹/(n + 1)।' };
  }
  if (isCall(core, 'Divide') && isSame(operand(core, 1), variable))
    return { en: '∫ 1/x dx = ln|x|.', hi: '∫ 1/x dx = ln|x|।' };
  if (
    isCall(core, 'Multiply') &&
    operandsOf(core).filter((factor) => mentions(factor, variable)).length > 1
  ) {
    return { en: 'A product: by parts or by substitution.', hi: 'गुणनफल: खंडशः या प्रतिस्थापन द्वारा।' };
  }
  if (isApplication(core) && isSame(operand(core, 0), variable))
    return { en: 'This is a standard integral.', hi: 'यह मानक समाकल है।' };
  return { en: 'Substitute for the inner expression.', hi: 'भीतर के व्यंजक के लिए प्रतिस्थापन कीजिए।' };
}

/** The term without its sign and its constant factor. */
function coreOf(term: Expression, variable: string): Expression {
  if (isCall(term, 'Negate')) return coreOf(operand(term, 0), variable);
  if (isCall(term, 'Divide') && !mentions(operand(term, 1), variable))
    return coreOf(operand(term, 0), variable);
  if (!isCall(term, 'Multiply')) return term;
  const varying = operandsOf(term).filter((factor) => mentions(factor, variable));
  const [only = 1] = varying;
  return varying.length <= 1 ? only : ['Multiply', ...varying];
}

function sum(pieces: readonly Expression[]): Expression {
  const [only = 0] = pieces;
  return pieces.length === 1 ? only : ['Add', ...pieces.flatMap(flat)];
}

function flat(expression: Expression): readonly Expression[] {
  return isCall(expression, 'Add') ? operandsOf(expression) : [expression];
}
