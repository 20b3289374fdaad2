import type { Token } from '../markdown/parser.ts';

const EXAMPLES_MIN = 2;

/** Reports a lesson body without `## Worked examples` and at least two `### Example …` below it. */
export function checkWorkedExamples(
  tokens: readonly Token[],
  report: (line: number, message: string) => void,
): void {
  let section: { readonly line: number; examples: number } | undefined;
  let found = false;
  const close = (): void => {
    if (section !== undefined && section.examples < EXAMPLES_MIN) {
      report(section.line, `"## Worked examples" needs at least ${EXAMPLES_MIN} headings "### Example …"`);
    }
    section = undefined;
  };
  for (const [index, token] of tokens.entries()) {
    if (token.type !== 'heading_open') continue;
    const title = tokens[index + 1]?.content.trim() ?? '';
    if (token.tag === 'h3') {
      if (section !== undefined && /^Example\b/u.test(title)) section.examples += 1;
    } else if (token.tag === 'h1' || token.tag === 'h2') {
      close();
      if (token.tag === 'h2' && title === 'Worked examples') {
        found = true;
        section = { line: (token.map?.[0] ?? 0) + 1, examples: 0 };
      }
    }
  }
  close();
  if (!found) report(1, 'the lesson has no heading "## Worked examples"');
}
