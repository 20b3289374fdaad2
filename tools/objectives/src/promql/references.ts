/** A condition on a label. */
export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** A series that an expression names. */
export interface SeriesReference {
  readonly name: string;
  readonly matchers: readonly Matcher[];
}

/** All that an expression takes for granted. */
export interface References {
  readonly series: readonly SeriesReference[];
  /** What it groups or joins by. */
  readonly labels: readonly string[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][\w:]*|\d[\w.]*|=~|!~|!=|[^\s\w]/gu;
const IDENTIFIER = /^[a-zA-Z_:]/u;
const LISTS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const WORDS = new Set([
  'and',
  'or',
  'unless',
  'bool',
  'offset',
  'sum',
  'min',
  'max',
  'avg',
  'count',
  'group',
]);

/** The series and labels of a PromQL expression. It is no parser: promtool tells whether an expression is one. */
export function referencesOf(expr: string): References {
  const tokens: readonly string[] = expr.match(TOKEN) ?? [];
  const series: SeriesReference[] = [];
  const labels: string[] = [];
  let at = 0;
  const until = (end: string) => {
    const from = at;
    at = tokens.indexOf(end, at);
    if (at < 0) throw new SyntaxError(`no ${end} in ${expr}`);
    return tokens.slice(from, at).filter((token) => token !== ',');
  };
  while (at < tokens.length) {
    const token = tokens[at] ?? '';
    const next = tokens[at + 1];
    at += 1;
    if (!IDENTIFIER.test(token)) continue;
    if (LISTS.has(token)) {
      at += 1;
      labels.push(...until(')'));
    } else if (next === '{') {
      at += 1;
      series.push({ name: token, matchers: matchersOf(until('}')) });
    } else if (next !== '(' && !WORDS.has(token)) series.push({ name: token, matchers: [] });
  }
  return { series, labels };
}

function matchersOf(tokens: readonly string[]): Matcher[] {
  return Array.from({ length: tokens.length / 3 }, (_, index) => {
    const [label = '', operator = '', quoted = '""'] = tokens.slice(3 * index, 3 * index + 3);
    return { label, operator, value: JSON.parse(quoted) as string };
  });
}
