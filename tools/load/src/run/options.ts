import { parseArgs } from 'node:util';

/** What the load run was asked to do. */
export interface RunOptions {
  readonly target: URL;
  /** Phases last this share of what the scenario says. */
  readonly scale: number;
  /** How many users there are to choose from. */
  readonly users: number;
  /** How many users share one source address; 0: all of them. */
  readonly schoolSize: number;
  /** Make the accounts again, though there is a file of them. */
  readonly reseed: boolean;
}

/** The text of --help. */
export const HELP = `Usage: npm run load:artillery -- [options]

Runs tools/load/artillery/scenario.yml against the platform that npm start runs, prints a table per route and judges:
99 % right answers first, then p95 below 200 ms. Exit code 0 when it passes, 1 when not, 2 when it could not run.

  --target URL      where to; only loopback addresses (http://127.0.0.1:8080)
  --scale X         how long the phases last, as a share of 60 + 300 + 120 s: 0.1 takes 48 s (1)
  --users N         accounts to choose from, made at the first run (10000)
  --school-size N   users behind one source address, 0 for all behind one (60)
  --reseed          make the accounts anew, for a new database
  --help            this text`;

/** Reads the arguments; undefined when help was asked for. Throws a TypeError that says what is wrong. */
export function readOptions(argv: readonly string[]): RunOptions | undefined {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      target: { type: 'string', default: 'http://127.0.0.1:8080' },
      scale: { type: 'string', default: '1' },
      users: { type: 'string', default: '10000' },
      'school-size': { type: 'string', default: '60' },
      reseed: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return undefined;
  return {
    target: loopback(values.target),
    scale: inRange('--scale', values.scale, 0.001, 100, false),
    users: inRange('--users', values.users, 1, 1_000_000, true),
    schoolSize: inRange('--school-size', values['school-size'], 0, 1_000_000, true),
    reseed: values.reseed,
  };
}

/** Load on a machine of somebody else is an attack, so there is no way to ask for it. */
function loopback(text: string): URL {
  if (!URL.canParse(text)) throw new TypeError(`--target ${text} is not a URL`);
  const target = new URL(text);
  if (target.hostname === 'localhost') target.hostname = '127.0.0.1';
  if (target.protocol !== 'http:' || !/^127\.\d+\.\d+\.\d+$/.test(target.hostname)) {
    throw new TypeError(`--target must be http on a loopback address (127.0.0.1), not ${text}`);
  }
  return target;
}

function inRange(name: string, text: string, min: number, max: number, isWhole: boolean): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max) || (isWhole && !Number.isInteger(value))) {
    throw new TypeError(
      `${name} must be ${isWhole ? 'a whole number' : 'a number'} from ${min} to ${max}, not ${text}`,
    );
  }
  return value;
}
