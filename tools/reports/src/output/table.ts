/** A column of a table: its title, what stands in it, and on which side. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly align?: 'right';
  /** Longer values are cut, with an ellipsis. */
  readonly widthMax?: number;
}

/** Lines of a table in plain text. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map(({ value, widthMax }) => cut(value(row), widthMax)));
  const lines = [columns.map(({ title }) => title), ...cells];
  const widths = columns.map((_column, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  const format = (line: readonly string[]) =>
    line
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = lines;
  return [format(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(format)].join('\n');
}

function cut(text: string, widthMax = Infinity): string {
  return text.length <= widthMax ? text : `${text.slice(0, widthMax - 1)}…`;
}
