const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/gu;
const LINE_PLACEHOLDER = /^([ \t]*)\{\{\s*(\w+)\s*\}\}[ \t]*\n/gmu;

/** Values of placeholders; several lines are written as one string with line breaks. */
export type TemplateValues = Readonly<Record<string, string>>;

/**
 * Fills `{{ name }}` in every template. A placeholder without a value and a value without a placeholder are both errors.
 * A placeholder alone on its line takes several lines, indented as it is; an empty value removes the line.
 */
export function fillTemplates(
  templates: Readonly<Record<string, string>>,
  values: TemplateValues,
): Record<string, string> {
  const used = new Set<string>();
  const lookUp = (file: string, name: string): string => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new Error(`${file}: unknown placeholder {{ ${name} }}`);
    used.add(name);
    return value;
  };
  const filled = Object.entries(templates).map(([file, text]): [string, string] => [
    file,
    text
      .replace(LINE_PLACEHOLDER, (_line, indent: string, name: string) =>
        indented(lookUp(file, name), indent),
      )
      .replace(PLACEHOLDER, (_match, name: string) => lookUp(file, name)),
  ]);
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`No template uses: ${unused.join(', ')}`);
  return Object.fromEntries(filled);
}

function indented(value: string, indent: string): string {
  if (value === '') return '';
  return value
    .split('\n')
    .map((line) => `${indent}${line}\n`)
    .join('');
}
