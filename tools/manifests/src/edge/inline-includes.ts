/** The lines of `file` with every `include` replaced by what it names: a ConfigMap has no folders. */
export function inlineIncludes(
  files: ReadonlyMap<string, string>,
  file: string,
  parents: readonly string[] = [],
): string {
  const text = files.get(file);
  if (text === undefined)
    throw new Error(`${parents.at(-1) ?? 'nothing'} includes ${file}, which is not there`);
  if (parents.includes(file)) throw new Error(`${file} includes itself: ${parents.join(', ')}`);
  return text.replaceAll(/^([ \t]*)include ([^;\n]+);\n/gm, (_line, indent: string, path: string) =>
    indented(inlineIncludes(files, path, [...parents, file]), indent),
  );
}

function indented(text: string, indent: string): string {
  return text.replaceAll(/^(?=.)/gm, indent);
}
