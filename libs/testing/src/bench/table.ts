/** Some figures with a heading. */
export type Table = {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** What is to be known about them. */
  readonly note?: string;
};

/** A table as Markdown, its columns aligned. */
export function toMarkdown({ title, columns, rows, note }: Table): string {
  const texts = rows.map((row) => row.map(format));
  const widths = columns.map((column, index) =>
    Math.max(3, column.length, ...texts.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const table = [line(columns), rule, ...texts.map(line)].join('\n');
  return [`### ${title}`, ...(note === undefined ? [] : [note]), table].join('\n\n');
}

/** A difference in percent with its sign: 1.02 is +2.0 %. */
export function toPercent(ratio: number): string {
  const percent = (ratio - 1) * 100;
  return `${percent < 0 ? '' : '+'}${percent.toFixed(1)} %`;
}

function format(cell: string | number): string {
  if (typeof cell === 'string') return cell;
  if (Number.isInteger(cell)) return cell.toLocaleString('en');
  if (cell >= 100) return Math.round(cell).toLocaleString('en');
  return cell.toFixed(cell < 10 ? 2 : 1);
}
