import { parseArgs } from 'node:util';
import { CONTESTANTS, type ContestantName } from './overload/contestants.ts';

const PARTS = ['overload', 'outages', 'processes', 'metrics', 'cost'] as const;

/** One of the benchmark's parts. */
export type Part = (typeof PARTS)[number];

/** How the overload is measured. */
export interface OverloadOptions {
  readonly names: readonly ContestantName[];
  readonly sliceMs: number;
  readonly rounds: number;
  /** For each first try of the clients, so many may be repeated. */
  readonly retryBudget: number;
  /** First tries a second that count as the capacity; found out when not given. */
  readonly capacity: number | undefined;
}

/** The command line. */
export interface CommandLine extends OverloadOptions {
  readonly parts: readonly Part[];
  /** A part of the names of the outages that are drilled. */
  readonly only: string;
  readonly json: string | undefined;
  readonly isForReadme: boolean;
  readonly isHelp: boolean;
}

const DEFAULT_NAMES = ['nothing', 'under-pressure', 'under-pressure-tuned', 'cap', 'ours'];

export const HELP = `What users notice of a service that is asked too much, loses its neighbours, or its processes.

  npm run bench:runtime -- [options] [part...]

Parts, all without one, about 17 minutes; take a quiet machine with two cores:
  overload   goodput, latencies and refusals at 0.8 to 5 times the capacity, and after a spike; 6 minutes
  outages    Redis, databases, keys and model killed and frozen under load: every route's answers; 4 minutes
  processes  workers killed, frozen, leaking, replaced (../processes.ts); 2 minutes
  metrics    totals while workers end, crash, are killed and frozen (../metrics-truth.ts); 1 minute
  cost       the defaults and the policies (../hot-path.ts, libs/resilience/bench/policies.ts); 3 minutes

Of overload:
  --contestants <a,b>  ${Object.keys(CONTESTANTS).join(', ')}; all but cap-listeners
  --seconds <n>        length of a slice after two seconds that do not count; 2
  --rounds <n>         slices of each at each load, medians are printed; 2
  --retries <share>    so many first tries may be repeated, once, when the answer says; 0.1
  --capacity <n>       first tries a second that are called 1x, instead of finding out

Of outages:
  --only <text>        only those with this in their name, for example 'primary frozen'

  --json <file>        also write the figures and the machine's state there
  --readme             write them into the READMEs of overload and outages, the plots into docs/overload
  --help`;

/** Reads the command line; throws with what is wrong about it. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      contestants: { type: 'string', default: DEFAULT_NAMES.join(',') },
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '2' },
      retries: { type: 'string', default: '0.1' },
      capacity: { type: 'string' },
      only: { type: 'string', default: '' },
      json: { type: 'string' },
      readme: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const names = values.contestants.split(',');
  for (const name of names) {
    if (!isContestant(name)) throw new RangeError(`no contestant is called ${name}`);
  }
  for (const name of positionals) {
    if (!isPart(name)) throw new RangeError(`no part is called ${name}; there are ${PARTS.join(', ')}`);
  }
  const parts = positionals.filter(isPart);
  return {
    parts: parts.length > 0 ? parts : PARTS,
    names: names.filter(isContestant),
    sliceMs: number('seconds', values.seconds, 0.5, 60) * 1_000,
    rounds: Math.floor(number('rounds', values.rounds, 1, 100)),
    retryBudget: number('retries', values.retries, 0, 1),
    capacity: values.capacity === undefined ? undefined : number('capacity', values.capacity, 1, 10_000),
    only: values.only,
    json: values.json,
    isForReadme: values.readme,
    isHelp: values.help,
  };
}

function number(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!(value >= min && value <= max)) throw new RangeError(`--${name} must be from ${min} to ${max}`);
  return value;
}

function isContestant(name: string): name is ContestantName {
  return Object.hasOwn(CONTESTANTS, name);
}

function isPart(name: string): name is Part {
  return PARTS.some((part) => part === name);
}
