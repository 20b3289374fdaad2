import type MarkdownIt from 'markdown-it';

/** A Markdown parser. */
export type Parser = InstanceType<typeof MarkdownIt>;
type InlineRule = Parameters<Parser['inline']['ruler']['after']>[2];
type BlockRule = Parameters<Parser['block']['ruler']['after']>[2];

const DOLLAR = 0x24;
/** Lines of one displayed formula; looking further for its end would take quadratic time. */
const LINES_MAX = 100;

/**
 * Adds `$…$` and `$$…$$` to a parser. A dollar sign that is meant as such is
 * written `\$`. The tokens `math_inline` and `math_block` hold LaTeX; `math_unclosed` is a fault.
 */
export function addMathRules(markdown: Parser): void {
  markdown.inline.ruler.after('escape', 'math_inline', mathInline);
  markdown.block.ruler.after('blockquote', 'math_block', mathBlock, {
    alt: ['paragraph', 'reference', 'blockquote', 'list'],
  });
}

const mathInline: InlineRule = (state, silent) => {
  if (state.src.charCodeAt(state.pos) !== DOLLAR) return false;
  const marker = state.src.charCodeAt(state.pos + 1) === DOLLAR ? '$$' : '$';
  const start = state.pos + marker.length;
  const end = findUnescaped(state.src, marker, start);
  if (!silent) {
    const token = state.push(end === -1 ? 'math_unclosed' : 'math_inline', '', 0);
    token.markup = marker;
    token.content = end === -1 ? '' : state.src.slice(start, end);
    token.meta = { offset: state.pos };
  }
  state.pos = end === -1 ? start : end + marker.length;
  return true;
};

const mathBlock: BlockRule = (state, startLine, endLine, silent) => {
  const first = lineText(state, startLine);
  if (!first.startsWith('$$')) return false;
  const closing = first.indexOf('$$', 2);
  if (closing !== -1 && first.slice(closing + 2).trim() !== '') return false;
  let lastLine = startLine;
  if (closing === -1) {
    do {
      lastLine += 1;
      if (lastLine >= endLine || lastLine - startLine > LINES_MAX || state.isEmpty(lastLine)) return false;
    } while (!lineText(state, lastLine).trimEnd().endsWith('$$'));
  }
  if (silent) return true;
  const text = state.getLines(startLine, lastLine + 1, state.blkIndent, false).trim();
  const token = state.push('math_block', '', 0);
  token.block = true;
  token.markup = '$$';
  token.content = text.slice(2, -2);
  token.map = [startLine, lastLine + 1];
  state.line = lastLine + 1;
  return true;
};

function lineText(state: Parameters<BlockRule>[0], line: number): string {
  return state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]);
}

function findUnescaped(source: string, marker: string, from: number): number {
  for (let at = source.indexOf(marker, from); at !== -1; at = source.indexOf(marker, at + 1)) {
    let backslashes = 0;
    while (source[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return -1;
}
