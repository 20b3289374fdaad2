import katex, { ParseError } from 'katex';

/** Longest LaTeX source of one formula, in characters. */
export const FORMULA_LENGTH_MAX = 2_000;

/** A formula that cannot be shown; `offset` is where in its source. */
export interface FormulaFault {
  readonly message: string;
  readonly offset: number;
}

/** The HTML of a formula, or what is wrong with it. */
export type FormulaResult = { readonly html: string } | { readonly fault: FormulaFault };

/**
 * Commands that reach out of the formula, which KaTeX would show as red text; and those that define others: a few of
 * them make a short formula so long that rendering it takes a minute, well within KaTeX's limit of expansions.
 */
const UNTRUSTED_COMMAND =
  /\\(?:href|url|includegraphics|html(?:Class|Id|Style|Data)|[egx]?def|(?:future)?let|(?:new|renew|provide)command)(?![A-Za-z@])/u;

/** Turns LaTeX into HTML with MathML for screen readers. Never throws for a wrong formula. */
export function renderFormula(latex: string, displayMode: boolean): FormulaResult {
  if (latex.trim() === '') return { fault: { message: 'the formula is empty', offset: 0 } };
  if (latex.length > FORMULA_LENGTH_MAX) {
    return { fault: { message: `the formula is longer than ${FORMULA_LENGTH_MAX} characters`, offset: 0 } };
  }
  const untrusted = UNTRUSTED_COMMAND.exec(latex);
  if (untrusted !== null) {
    return { fault: { message: `LaTeX: ${untrusted[0]} is not allowed`, offset: untrusted.index } };
  }
  try {
    return { html: katex.renderToString(latex, { ...OPTIONS, displayMode }) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    // Without a place KaTeX leaves the position out, whatever its types say.
    const offset = Number.isInteger(error.position) ? error.position : 0;
    return { fault: { message: `LaTeX: ${error.rawMessage}`, offset } };
  }
}

const OPTIONS = {
  output: 'htmlAndMathml',
  throwOnError: true,
  trust: false,
  // Devanagari inside \text{…} is wanted here; KaTeX's stricter levels refuse or log it.
  strict: 'ignore',
  maxExpand: 500,
  maxSize: 20,
} as const;
