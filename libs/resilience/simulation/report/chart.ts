/** A line of a chart. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface ChartOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xTicks: readonly number[];
  readonly yTicks: readonly number[];
  /** At most six; the last one is ours and is drawn above the others. */
  readonly lines: readonly Line[];
}

const [WIDTH, HEIGHT] = [760, 420];
const AREA = { left: 64, right: WIDTH - 20, top: 100, bottom: HEIGHT - 52 } as const;
const LEGEND_COLUMN = 340;
const LEGEND_ROW = 18;

/** Colours that can be told apart in both modes, also by the colour-blind (Okabe and Ito); dashes help. */
const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 15px; }
  .paper { fill: #ffffff; }
  .grid { stroke: #d0d7de; }
  polyline { fill: none; stroke-width: 2; }
  .line0 { stroke: #6e7781; stroke-dasharray: 2 4; }
  .line1 { stroke: #d55e00; stroke-dasharray: 8 4; }
  .line2 { stroke: #cc79a7; }
  .line3 { stroke: #b58900; stroke-dasharray: 6 3 2 3; }
  .line4 { stroke: #009e73; stroke-dasharray: 10 3; }
  .ours { stroke: #0072b2; stroke-width: 3.5; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .paper { fill: #0d1117; }
    .grid { stroke: #30363d; }
    .ours { stroke: #56b4e9; }
  }
`;

/** A chart of lines as a picture that follows the reader's light or dark mode. */
export function toSvg({ title, xLabel, yLabel, xTicks, yTicks, lines }: ChartOptions): string {
  const x = scale(xTicks, AREA.left, AREA.right);
  const y = scale(yTicks, AREA.bottom, AREA.top);
  const classOf = (index: number) => (index === lines.length - 1 ? 'ours' : `line${index}`);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">`,
    `<style>${STYLE}</style>`,
    `<rect class="paper" width="${WIDTH}" height="${HEIGHT}" rx="6"/>`,
    text(AREA.left, 24, title, 'start', 'title'),
    ...lines.flatMap(({ name }, index) => legend(name, index, classOf(index))),
    ...yTicks.flatMap((tick) => [
      `<line class="grid" x1="${AREA.left}" x2="${AREA.right}" y1="${y(tick)}" y2="${y(tick)}"/>`,
      text(AREA.left - 8, y(tick) + 4, `${tick}`, 'end'),
    ]),
    ...xTicks.map((tick) => text(x(tick), AREA.bottom + 20, `${tick}`)),
    text((AREA.left + AREA.right) / 2, HEIGHT - 10, xLabel),
    `<g transform="rotate(-90 16 ${(AREA.top + AREA.bottom) / 2})">`,
    `${text(16, (AREA.top + AREA.bottom) / 2, yLabel)}</g>`,
    ...lines.map(({ points }, index) => {
      const places = points.map(([px, py]) => `${x(px)},${y(py)}`).join(' ');
      return `<polyline class="${classOf(index)}" points="${places}"/>`;
    }),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function legend(name: string, index: number, className: string): string[] {
  const left = AREA.left + (index % 2) * LEGEND_COLUMN;
  const middle = 43 + Math.floor(index / 2) * LEGEND_ROW;
  return [
    `<polyline class="${className}" points="${left},${middle} ${left + 28},${middle}"/>`,
    text(left + 36, middle + 4, name, 'start'),
  ];
}

function text(x: number, y: number, content: string, anchor = 'middle', className?: string): string {
  const attribute = className === undefined ? '' : ` class="${className}"`;
  return `<text${attribute} x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${content}</text>`;
}

/** From the first to the last tick. */
function scale(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const [low, high] = [ticks[0] ?? 0, ticks.at(-1) ?? 1];
  return (value) => round(from + ((value - low) / (high - low)) * (to - from));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
