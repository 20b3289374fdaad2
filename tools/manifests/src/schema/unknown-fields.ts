import { join } from 'node:path';
import ts from 'typescript';
import { nameOf, type KubernetesObject } from '../kubernetes-object.ts';

/**
 * Fields that the API does not know, and values of the wrong type. The generated schemas let unknown fields pass, but
 * the generated types don't: every object is written down as a literal of its type, and the compiler reads it.
 */
export function unknownFields(objects: readonly KubernetesObject[]): string[] {
  const file = join(import.meta.dirname, 'manifests-under-check.ts');
  const statements = objects.map(statementOf);
  const text = statements.join('\n');
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    types: [],
  };
  const program = ts.createProgram([file], options, withFile(ts.createCompilerHost(options), file, text));
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error('The compiler did not read the objects');
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ start, messageText }) => {
      const object = objects[source.getLineAndCharacterOfPosition(start ?? 0).line];
      const message = ts.flattenDiagnosticMessageText(messageText, ' ').replaceAll(/'"|"'/g, "'");
      return `${object === undefined ? 'all' : nameOf(object)}: ${message}`;
    },
  );
}

/** One line an object, so that the line of a fault names the object. */
function statementOf(object: KubernetesObject, index: number): string {
  const type = `import('kubernetes-models/${object.apiVersion}/${object.kind}').I${object.kind}`;
  return `export const object${index}: ${type} = ${JSON.stringify(object)};`;
}

function withFile(host: ts.CompilerHost, file: string, text: string): ts.CompilerHost {
  return {
    ...host,
    fileExists: (name) => name === file || host.fileExists(name),
    readFile: (name) => (name === file ? text : host.readFile(name)),
    getSourceFile: (name, ...rest) =>
      name === file
        ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2023)
        : host.getSourceFile(name, ...rest),
  };
}
