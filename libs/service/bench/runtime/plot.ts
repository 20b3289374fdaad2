/** A line of a plot. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Ours is drawn thicker. */
  readonly isOurs: boolean;
}

/** What is drawn. */
export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly yMax: number;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  readonly series: readonly Series[];
}

const [WIDTH, HEIGHT] = [800, 400];
const AREA = { left: 64, right: 560, top: 44, bottom: 346 } as const;
const COLOURS = ['#d1495b', '#e08e1b', '#8a6bbe', '#3d8fd1', '#6f7d8c'];
const OURS = '#1f9d62';

/** An SVG that can be read on light and dark pages. */
export function drawPlot({ title, x, y, yMax, xTicks, yTicks, series }: Plot): string {
  const xs = series.flatMap(({ points }) => points.map(([value]) => value));
  const [xMin, xMax] = [Math.min(...xs), Math.max(...xs)];
  const left = (value: number) =>
    round(AREA.left + ((value - xMin) / (xMax - xMin)) * (AREA.right - AREA.left));
  const top = (value: number) =>
    round(AREA.bottom - (Math.min(value, yMax) / yMax) * (AREA.bottom - AREA.top));
  const grid = yTicks.flatMap((tick) => [
    `<line class="grid" x1="${AREA.left}" x2="${AREA.right}" y1="${top(tick)}" y2="${top(tick)}"/>`,
    text(AREA.left - 8, top(tick) + 4, label(tick), 'end'),
  ]);
  const ticks = xTicks.map((tick) => text(left(tick), AREA.bottom + 20, label(tick), 'middle'));
  const lines = series.flatMap(({ name, points, isOurs }, index) => {
    const colour = isOurs ? OURS : (COLOURS[index % COLOURS.length] ?? OURS);
    const path = points.map(([px, py]) => `${left(px)},${top(py)}`).join(' ');
    const legendTop = AREA.top + 12 + index * 24;
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="${isOurs ? 3.5 : 2}" points="${path}"/>`,
      `<line stroke="${colour}" stroke-width="${isOurs ? 3.5 : 2}" x1="576" x2="600" y1="${legendTop - 4}" y2="${legendTop - 4}"/>`,
      text(606, legendTop, name, 'start'),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escape(title)}">`,
    '<style>text{font:13px system-ui,sans-serif;fill:#1f2933}.title{font-size:15px;font-weight:600}.grid{stroke:#8a94a0;stroke-opacity:.35}',
    '@media(prefers-color-scheme:dark){text{fill:#d8dee6}}</style>',
    `<text class="title" x="${AREA.left}" y="24">${escape(title)}</text>`,
    ...grid,
    ...ticks,
    text((AREA.left + AREA.right) / 2, AREA.bottom + 42, x, 'middle'),
    `<text transform="translate(16 ${(AREA.top + AREA.bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(y)}</text>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

function text(left: number, top: number, what: string, anchor: 'start' | 'middle' | 'end'): string {
  return `<text x="${left}" y="${top}" text-anchor="${anchor}">${escape(what)}</text>`;
}

function label(value: number): string {
  return value.toLocaleString('en');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(what: string): string {
  return what.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
