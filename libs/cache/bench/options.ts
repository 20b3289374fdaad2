import { parseArgs } from 'node:util';

/** The benchmark's parts. */
export const PARTS = ['speed', 'batch', 'outage', 'once', 'race', 'invalidation'] as const;
export type Part = (typeof PARTS)[number];

/** How long and how often contestants are measured where that can be chosen, and who is told of the progress. */
export interface BenchOptions {
  readonly rounds: number;
  readonly sliceMs: number;
  readonly say: (text: string) => void;
}

/** The command line. */
export interface CommandLine extends Omit<BenchOptions, 'say'> {
  readonly parts: readonly Part[];
  readonly json: string | undefined;
  readonly isForReadme: boolean;
  readonly isHelp: boolean;
}

export const HELP = `This cache beside others, on Redis servers started for it, each in processes of its own.

  node libs/cache/bench/main.ts [options] [part...]

Parts, all without one: ${PARTS.join(', ')}
  --rounds <n>    interleaved rounds of speed, batch and invalidation; 7, medians are printed
  --seconds <n>   length of a slice of speed; 0.1
  --json <file>   also write the tables and the machine's state there
  --readme        write them into the README beside it, when all parts ran
  --help`;

/** Reads the command line; throws with what is wrong about it. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seconds: { type: 'string', default: '0.1' },
      rounds: { type: 'string', default: '7' },
      json: { type: 'string' },
      readme: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds <= 10)) throw new RangeError('--seconds must be above 0 and at most 10');
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) {
    throw new RangeError('--rounds must be an integer from 1 to 100');
  }
  for (const name of positionals) {
    if (!isPart(name)) throw new RangeError(`no part is called ${name}; there are ${PARTS.join(', ')}`);
  }
  const parts = positionals.filter(isPart);
  if (values.readme && parts.length > 0) throw new RangeError('--readme takes all parts');
  return {
    parts: parts.length > 0 ? parts : PARTS,
    sliceMs: seconds * 1_000,
    rounds,
    json: values.json,
    isForReadme: values.readme,
    isHelp: values.help,
  };
}

function isPart(name: string): name is Part {
  return PARTS.some((part) => part === name);
}
