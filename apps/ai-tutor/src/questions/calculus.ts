/** A question about a derivative or an integral with its notation replaced by words. */
export interface CalculusReading {
  readonly text: string;
  readonly variable?: string;
  readonly order: number;
  readonly bounds?: readonly [lower: string, upper: string];
}

const DERIVATIVE = [
  /\\[dt]?frac\s*\{\s*d(?:\^\{?([23])\}?)?\s*[a-z]?\s*\}\s*\{\s*d\s*([a-z])(?:\^\{?[23]\}?)?\s*\}/,
  /\bd\^?\(?([23])?\)?\s*[a-z]?\s*\/\s*d\s*([a-z])\^?\(?[23]?\)?(?![a-z\d])/,
];
const RESPECT = /(?:with\s+respect\s+to|w\.?\s?r\.?\s?t\.?)\s*\$?([a-z])\b\$?|\b([a-z])\s*के\s*सापेक्ष/i;
const BOUND = String.raw`(\{[^{}]{1,40}\}|-?[\w.\\]+)`;
const SIGN_WITH_BOUNDS = new RegExp(String.raw`(?:∫|\\int)\s*_\s*${BOUND}\s*\^\s*${BOUND}`);
const BOUNDS_IN_WORDS = [
  /(?:from|between|limits?)\s+(?:[a-z]\s*=\s*)?(\S+)\s+(?:to|and)\s+(?:[a-z]\s*=\s*)?([^\s?]+)/i,
  /(\S+)\s*से\s*(\S+)\s*तक/,
];
const DIFFERENTIAL = /(?:\\[,;:!]\s*)?(?<![a-z])d\s?([a-z])(?![a-z])/;

/** Replaces `d/dx`, `∫ … dx` and `from a to b` by words, keeping what they say. */
export function readCalculus(question: string): CalculusReading {
  let text = question;
  let variable: string | undefined;
  let order = /\b(?:third|3rd)\b|तीसरा|तृतीय/i.test(text)
    ? 3
    : /\b(?:second|2nd)\b|दूसरा|द्वितीय/i.test(text)
      ? 2
      : 1;
  let bounds: readonly [string, string] | undefined;
  text = text.replace(/\b(?:first|second|2nd|third|3rd)\b|प्रथम|दूसरा|द्वितीय|तीसरा|तृतीय/gi, ' ');
  const respect = RESPECT.exec(text);
  if (respect) {
    variable = respect[1] ?? respect[2];
    text = text.replace(respect[0], ' ');
  }
  for (const notation of DERIVATIVE) {
    const found = notation.exec(text);
    if (!found) continue;
    order = Math.max(order, Number(found[1] ?? 1));
    variable = found[2];
    text = text.replace(found[0], ' derivative ');
  }
  const limited = SIGN_WITH_BOUNDS.exec(text);
  if (limited) {
    bounds = [unbraced(limited[1]), unbraced(limited[2])];
    text = text.replace(limited[0], ' integral ');
  }
  text = text.replace(/∫|\\int(?![a-z])/g, ' integral ');
  if (/integra|समाकल/i.test(text)) {
    const differential = DIFFERENTIAL.exec(text);
    if (differential) {
      variable = differential[1];
      text = text.replace(differential[0], ' ');
    }
    for (const wording of BOUNDS_IN_WORDS) {
      const found = wording.exec(text);
      if (!found || bounds) continue;
      bounds = [found[1] ?? '', (found[2] ?? '').replace(/[.,]$/, '')];
      text = text.replace(found[0], ' ');
    }
  }
  return { text, order, ...(variable === undefined ? {} : { variable }), ...(bounds ? { bounds } : {}) };
}

function unbraced(bound = ''): string {
  return bound.replace(/^\{|\}$/g, '');
}
