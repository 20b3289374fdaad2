import MarkdownIt from 'markdown-it';
import { addMathRules, type Parser } from './math-rules.ts';

/** A token of a parsed text. */
export type Token = ReturnType<Parser['parse']>[number];

/** Something an author has to correct; `line` counts from 1 within the text. */
export interface MarkdownFault {
  readonly line: number;
  readonly message: string;
}

/** A parsed text. Rendering it is safe even when it has faults. */
export interface ParsedMarkdown {
  readonly tokens: readonly Token[];
  readonly faults: readonly MarkdownFault[];
}

/** Nobody reads more, and each costs time. */
const FAULTS_MAX = 500;
const WEB_LINK = /^https?:\/\/[^/\s]/iu;

/**
 * A parser for text that nobody vouches for: no HTML, no images, links to http(s) only and marked as foreign.
 * What it leaves out is reported as a fault with its line.
 */
export function createParser(): {
  parse(source: string): ParsedMarkdown;
  render(tokens: readonly Token[]): string;
} {
  let faults: MarkdownFault[] = [];
  // Where the parser is: the first line of the block, and the place in the block's text.
  let blockLine = 1;
  let place = { text: '', offset: 0 };
  const report = (message: string): void => {
    if (faults.length >= FAULTS_MAX) return;
    faults.push({ line: blockLine + place.text.slice(0, place.offset).split('\n').length - 1, message });
  };
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false, maxNesting: 30 });
  addMathRules(markdown);
  markdown.validateLink = (url) => {
    const isValid = WEB_LINK.test(url);
    if (!isValid) report(`links must start with https:// or http://, not "${url.slice(0, 60)}"`);
    return isValid;
  };
  markdown.inline.ruler.at('image', (state) => {
    if (state.src.startsWith('![', state.pos)) report('images are not supported');
    return false;
  });
  markdown.inline.ruler.before('text', 'place', (state) => {
    place = { text: state.src, offset: state.pos };
    return false;
  });
  // markdown-it's own rule, which also notes on which line a block begins.
  markdown.core.ruler.at('inline', (state) => {
    for (const token of state.tokens) {
      if (token.map !== null) blockLine = token.map[0] + 1;
      if (token.type === 'inline')
        markdown.inline.parse(token.content, markdown, state.env, (token.children ??= []));
    }
  });
  markdown.renderer.rules['link_open'] = (tokens, index, options, _env, renderer) => {
    tokens[index]?.attrSet('rel', 'nofollow noopener noreferrer');
    return renderer.renderToken(tokens, index, options);
  };
  // Formulas carry their finished HTML in `meta`; see render-markdown.ts.
  for (const type of ['math_inline', 'math_block'] as const) {
    markdown.renderer.rules[type] = (tokens, index) => {
      const html = tokens[index]?.meta?.['html'];
      return typeof html === 'string' ? html : '';
    };
  }
  markdown.renderer.rules['math_unclosed'] = (tokens, index) => tokens[index]?.markup ?? '';
  return {
    parse(source) {
      faults = [];
      blockLine = 1;
      place = { text: '', offset: 0 };
      const tokens = markdown.parse(source, {});
      return { tokens, faults: distinct(faults) };
    },
    render: (tokens) => markdown.renderer.render([...tokens], markdown.options, {}),
  };
}

/** The parser may look at a place more than once. */
function distinct(faults: readonly MarkdownFault[]): MarkdownFault[] {
  return [...new Map(faults.map((fault) => [`${fault.line} ${fault.message}`, fault])).values()];
}
