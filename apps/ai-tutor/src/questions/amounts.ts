const AMOUNT = /(?:rs\.?|₹|inr|रु\.?|रुपये|रुपए)?\s*(\d+(?:,\d{2,3})*(?:\.\d+)?)/;

/** A number as an exact decimal: `1,00,000.50` is `100000.50`. */
export function plainNumber(text: string): string {
  return text.replace(/,/g, '');
}

/** A pattern over a question in which `N` stands for an amount and `%` for any way of saying percent. */
export function amountPattern(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .replace(/ /g, '\\s*')
      .replace(/N/g, AMOUNT.source)
      .replace(/%/g, '(?:%|percentage|percent|per cent|pratishat|प्रतिशत|फीसदी)')}$`,
  );
}
