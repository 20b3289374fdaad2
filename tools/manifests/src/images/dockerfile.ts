/** One instruction of a Dockerfile. */
export interface Instruction {
  readonly name: string;
  readonly flags: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  /** Everything behind the flags, as it stands there. */
  readonly text: string;
}

/** What one `FROM` begins. */
export interface Stage {
  readonly image: string;
  readonly name?: string;
  readonly instructions: readonly Instruction[];
}

const known = ['COPY', 'RUN', 'WORKDIR', 'ENV', 'USER', 'EXPOSE', 'STOPSIGNAL', 'ENTRYPOINT', 'CMD'];

/** Reads the part of the language that our Dockerfiles use; refuses every other instruction. */
export function parseDockerfile(text: string): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const instruction = parseInstruction(line);
    if (instruction.name === 'FROM') {
      const [image = '', , name] = instruction.words;
      stages.push({ image, ...(name === undefined ? {} : { name }), instructions: [] });
    } else {
      const stage = stages.at(-1);
      if (stage === undefined || !known.includes(instruction.name))
        throw new Error(`Not understood: ${line}`);
      stage.instructions.push(instruction);
    }
  }
  return stages;
}

function parseInstruction(line: string): Instruction {
  const [name = '', ...rest] = line.trim().split(/\s+/);
  const flags: Record<string, string> = {};
  while (name === 'COPY' && rest[0]?.startsWith('--') === true) {
    const [flag = '', value = ''] = (rest.shift() ?? '').slice(2).split('=');
    flags[flag] = value;
  }
  return { name, flags, words: rest, text: rest.join(' ') };
}
