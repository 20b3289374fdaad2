import { Value } from 'typebox/value';
import type { Static, TSchema } from 'typebox';
import { isMap, isScalar, LineCounter, parseDocument, type Document, type Node } from 'yaml';

type Report = (line: number, message: string) => void;
type Place = readonly (string | number)[];

/** A content file cut into front matter and body. */
export interface SplitFile {
  readonly yaml: string;
  readonly body: string;
  /** The line of the file on which the body begins. */
  readonly bodyLine: number;
}

/** Front matter that matches its schema, and where each of its texts stands in the file. */
export interface FrontMatter<Value> {
  readonly value: Value;
  /** The line of the file that holds line `line` of the text at `place`. */
  lineOf(place: Place, line: number): number;
}

/** Separates `---` front matter from the body; reports and returns undefined when there is none. */
export function splitFrontMatter(text: string, report: Report): SplitFile | undefined {
  const lines = text.replace(/^\uFEFF/u, '').split(/\r?\n/u);
  if (lines[0] !== '---') {
    report(1, 'the file must begin with front matter between two lines of ---');
    return undefined;
  }
  const end = lines.indexOf('---', 1);
  if (end === -1) {
    report(1, 'the front matter has no closing line of ---');
    return undefined;
  }
  return { yaml: lines.slice(1, end).join('\n'), body: lines.slice(end + 1).join('\n'), bodyLine: end + 2 };
}

/** Parses and checks front matter, reporting every fault; undefined when there was one. */
export function parseFrontMatter<Schema extends TSchema>(
  yaml: string,
  schema: Schema,
  report: Report,
): FrontMatter<Static<Schema>> | undefined {
  const lineCounter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter, prettyErrors: false, uniqueKeys: true });
  // The opening --- is line 1 of the file.
  const lineAt = (offset: number): number => lineCounter.linePos(offset).line + 1;
  for (const { pos, message } of [...document.errors, ...document.warnings]) report(lineAt(pos[0]), message);
  if (document.errors.length + document.warnings.length > 0) return undefined;
  const value: unknown = document.toJS();
  let isValid = true;
  for (const { place, message } of schemaFaults(schema, value)) {
    isValid = false;
    report(lineAt(offsetOf(document, place)), message);
  }
  if (!isValid) return undefined;
  return {
    value: value as Static<Schema>,
    lineOf: (place, line) => lineAt(offsetOf(document, place)) + firstTextLine(document, place) + line - 1,
  };
}

function* schemaFaults(schema: TSchema, value: unknown): Generator<{ place: Place; message: string }> {
  for (const error of Value.Errors(schema, value)) {
    const place = error.instancePath.split('/').slice(1).map(toKey);
    const name = place.length === 0 ? 'the front matter' : place.join('.');
    switch (error.keyword) {
      case 'required':
        for (const key of error.params.requiredProperties) yield { place, message: `${name} lacks "${key}"` };
        break;
      case 'additionalProperties':
        for (const key of error.params.additionalProperties) {
          yield { place: [...place, key], message: `${name} has an unknown key "${key}"` };
        }
        break;
      case 'boolean':
        break; // the same fault as additionalProperties, seen from the value
      case 'enum':
        yield { place, message: `${name} must be one of ${error.params.allowedValues.join(', ')}` };
        break;
      default:
        yield { place, message: `${name} ${error.message}` };
    }
  }
}

function toKey(segment: string): string | number {
  return /^\d+$/u.test(segment) ? Number(segment) : segment;
}

/** Where the value at `place` begins; an absent one is looked for at its nearest parent. */
function offsetOf(document: Document, place: Place): number {
  const parent = document.getIn(place.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && key.value === place.at(-1))
    : undefined;
  const node = (pair?.key ??
    (place.length === 0 ? document.contents : document.getIn(place, true))) as Node | null;
  if (node?.range) return node.range[0];
  return place.length === 0 ? 0 : offsetOf(document, place.slice(0, -1));
}

/** Block scalars (`|`, `>`) begin on the line after their key. */
function firstTextLine(document: Document, place: Place): number {
  const node = document.getIn(place, true);
  return isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') ? 1 : 0;
}
