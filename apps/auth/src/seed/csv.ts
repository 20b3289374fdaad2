/** One line of a CSV file (RFC 4180), with its line end. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(field).join(',')}\n`;
}

function field(text: string): string {
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
