import { canonical } from '../../expressions/canonical.ts';
import { isCall, isSame, operandsOf } from '../../expressions/expression.ts';
import type { Application, Expression } from '../../expressions/expression.ts';
import { Polynomial, termExpression } from '../../expressions/polynomial.ts';
import { printLatex, printText } from '../../expressions/print.ts';
import type { Outcome } from '../task.ts';
import { DeclinedError } from '../worksheet.ts';
import type { Worksheet } from '../worksheet.ts';

const PRODUCTS_MAX = 12;

/** Multiplies out: every term by every term, then like terms together. */
export function expand(sheet: Worksheet, expression: Expression): Outcome {
  const polynomial = Polynomial.of(expression);
  if (!polynomial) throw new DeclinedError('unsupported');
  const result = polynomial.toExpression();
  let product = expression;
  if (isCall(expression, 'Power') && typeof expression[2] === 'number' && expression[2] <= 3) {
    const base = operandsOf(expression)[0] ?? 0;
    product = ['Multiply', ...Array.from({ length: expression[2] }, () => base)];
    sheet.identity({ en: 'Write the power as a product.', hi: 'घात को गुणनफल के रूप में लिखिए।' }, [
      'Equal',
      expression,
      product,
    ]);
  }
  const products = termProducts(product);
  if (products && !isSame(canonical(products), canonical(result))) {
    sheet.identity({ en: 'Multiply each term by each term.', hi: 'प्रत्येक पद को प्रत्येक पद से गुणा कीजिए।' }, [
      'Equal',
      expression,
      products,
    ]);
  }
  const line: Application = ['Equal', expression, result];
  sheet.identity({ en: 'Collect like terms.', hi: 'समान पद इकट्ठे कीजिए।' }, line);
  return sheet.solved({
    text: printText(result),
    latex: printLatex(result),
    isVerified: sheet.check.isIdentity(line),
  });
}

/** All products of one term from each factor, not yet collected; undefined when there is nothing to distribute. */
function termProducts(expression: Expression): Expression | undefined {
  if (!isCall(expression, 'Multiply')) return undefined;
  const factors = operandsOf(expression).map((factor) => Polynomial.of(factor)?.terms ?? []);
  const products = factors.reduce<Polynomial[]>(
    (left, terms) =>
      left.flatMap((each) => terms.map((term) => each.multiply(Polynomial.of(termExpression(term)) ?? each))),
    [Polynomial.of(1)].filter((one) => one !== undefined),
  );
  if (products.length < 2 || products.length > PRODUCTS_MAX) return undefined;
  return ['Add', ...products.map((each) => each.toExpression())];
}
