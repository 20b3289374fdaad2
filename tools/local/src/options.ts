import { parseArgs } from 'node:util';

/** What `npm start -- …` may set. */
export interface StartOptions {
  readonly port: number;
  /** Processes of each service. */
  readonly instances: number;
  /** Where data, logs and secrets live, relative to the workspace. */
  readonly state: string;
  /** Servers to do without, as on a machine that lacks them. */
  readonly without: readonly Optional[];
}

/** The servers that the platform can do without. */
export type Optional = (typeof OPTIONAL)[number];

const OPTIONAL = ['nginx', 'redis'] as const;

/** A wrong option, told to the user in one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const START_HELP = `Runs the whole platform on this machine: Postgres with two replicas, Redis, three services, nginx.

usage: npm start -- [options]

  --port N        port of the edge on 127.0.0.1 (default 8080, or PORT)
  --instances N   processes of each service (default 2)
  --state DIR     where data, logs and secrets live (default .local, or GANITAGYA_STATE)
  --without LIST  do without redis, nginx or both, as on a machine that lacks them
  --help          this text

Ctrl-C stops everything that it started. Data stays; remove the state folder to begin anew.`;

/** Reads the command line; undefined when help was asked for. */
export function parseStartOptions(args: readonly string[], env: NodeJS.ProcessEnv): StartOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  return {
    port: integer('--port', values.port ?? (env['PORT'] || '8080'), 1, 65_535),
    instances: integer('--instances', values.instances, 1, 8),
    state: values.state ?? stateFolder(env),
    without: optional(values.without),
  };
}

/** The state folder when the command line names none; also that of the tools for the running platform. */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  return env['GANITAGYA_STATE'] || '.local';
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        instances: { type: 'string', default: '2' },
        state: { type: 'string' },
        without: { type: 'string', default: '' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${START_HELP}`);
  }
}

function optional(list: string): readonly Optional[] {
  return list
    .split(',')
    .filter((name) => name !== '')
    .map((name) => {
      const found = OPTIONAL.find((each) => each === name);
      if (found === undefined)
        throw new UsageError(`--without takes ${OPTIONAL.join(' and ')}, not "${name}".`);
      return found;
    });
}

function integer(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UsageError(`${name} must be a whole number from ${min} to ${max}, not "${text}".`);
  }
  return value;
}
