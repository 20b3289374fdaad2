import { Type, type Static, type TObject, type TSchema } from 'typebox';
import { Value } from 'typebox/value';

/** Settings that are missing or wrong; the message lists every fault, one variable a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config.invalid';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault(s):\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** A secret of at least 32 characters. `sample` values in it are refused in production. */
export const Secret = () => Type.String({ minLength: 32, secret: true });

/** A list separated by commas; spaces around the items and empty items are dropped. */
export const List = (options: { default?: string } = {}) => Type.String({ ...options, pattern: '^[^\\n]*$' });

/** The items of a `List` setting. */
export function splitList(value: string): readonly string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/**
 * Reads the settings that `schema` names from environment variables. Empty variables count as unset.
 * Throws one `ConfigError` with all faults. The returned object is frozen.
 */
export function loadConfig<Schema extends TObject>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): Static<Schema> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.properties)) {
    const value = env[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const read = Object.entries(given).map(([name, text]) => [name, valueOf(text, schema.properties[name])]);
  const value = Value.Default(schema, Object.fromEntries(read)) as Record<string, unknown>;
  const faults = [...schemaFaults(schema, value), ...sampleSecrets(schema, value, env)];
  if (faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(value) as Static<Schema>;
}

/** What a text stands for in its schema: itself, a whole number or a truth value; nothing is rounded or guessed. */
function valueOf(text: string, property: TSchema | undefined): unknown {
  const readings: unknown[] = [text];
  if (/^-?\d{1,15}$/u.test(text)) readings.push(Number(text));
  if (text === 'true' || text === 'false') readings.push(text === 'true');
  if (property === undefined) return text;
  // Of those that do not fit the last is the closest, and makes the better message ("must be <= 65535").
  return readings.find((reading) => Value.Check(property, reading)) ?? readings.at(-1);
}

function schemaFaults(schema: TObject, value: Record<string, unknown>): string[] {
  const faults = new Map<string, string>();
  for (const error of Value.Errors(schema, value)) {
    if (error.keyword === 'required') {
      for (const name of error.params.requiredProperties) faults.set(name, `${name} is required`);
      continue;
    }
    const name = error.instancePath.split('/')[1];
    if (name !== undefined && !faults.has(name)) faults.set(name, `${name} ${error.message}`);
  }
  return [...faults.values()];
}

function sampleSecrets(
  schema: TObject,
  value: Record<string, unknown>,
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  if (env['NODE_ENV'] !== 'production') return [];
  return Object.entries(schema.properties)
    .filter(([name, property]) => 'secret' in property && String(value[name]).includes('sample'))
    .map(([name]) => `${name} is a sample value, which production refuses`);
}
