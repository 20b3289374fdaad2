import { parseArgs } from 'node:util';
import type { ContestOptions } from './measure/contest.ts';

const PARTS = ['route', 'defaults'] as const;

/** One of the benchmark's parts. */
export type Part = (typeof PARTS)[number];

/** The command line. */
export type CommandLine = ContestOptions & {
  readonly parts: readonly Part[];
  readonly json: string | undefined;
  readonly isForReadme: boolean;
  readonly isHelp: boolean;
};

export const HELP = `What the defaults of a service cost: its cached route against a bare one that sends the same bytes.

  node libs/service/bench/hot-path.ts [options] [part...]

Parts, both without one:
  route     the cached route of courses, anonymous and signed in, against the bare one
  defaults  the same route with one default less at a time

  --seconds <n>      length of a slice; 0.5
  --rounds <n>       slices of each; 12, medians are printed
  --connections <n>  that ask, each one thing after the other; 50
  --json <file>      also write the tables and the machine's state there
  --readme           write them into the README beside it, when both parts ran
  --help`;

/** Reads the command line; throws with what is wrong about it. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '0.5' },
      rounds: { type: 'string', default: '12' },
      connections: { type: 'string', default: '50' },
      json: { type: 'string' },
      readme: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds <= 60)) throw new RangeError('--seconds must be above 0 and at most 60');
  for (const name of positionals) {
    if (!isPart(name)) throw new RangeError(`no part is called ${name}; there are ${PARTS.join(', ')}`);
  }
  const parts = positionals.filter(isPart);
  if (values.readme && parts.length > 0) throw new RangeError('--readme takes both parts');
  return {
    parts: parts.length > 0 ? parts : PARTS,
    sliceMs: seconds * 1_000,
    rounds: count('rounds', values.rounds),
    connections: count('connections', values.connections),
    json: values.json,
    isForReadme: values.readme,
    isHelp: values.help,
  };
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000) {
    throw new RangeError(`--${name} must be an integer from 1 to 1000`);
  }
  return value;
}

function isPart(name: string): name is Part {
  return PARTS.some((part) => part === name);
}
