import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Instruction, Stage } from './dockerfile.ts';
import { productionPackages } from './production-packages.ts';

/** A stage as it would be after its last instruction; `root` stands for `/`. */
export interface SimulatedStage {
  readonly root: string;
  readonly workdir: string;
}

/**
 * Carries out the instructions of a Dockerfile without a builder: copies are real, of the files that a builder would
 * get; `npm ci` is stood in for by links to the installed production packages; `RUN node …` runs in the stage's tree.
 * What the base images hold is not simulated.
 */
export function simulate(
  stages: readonly Stage[],
  repository: string,
  context: readonly string[],
  folder: string,
): SimulatedStage {
  const done = new Map<string, SimulatedStage>();
  let last: SimulatedStage | undefined;
  stages.forEach((stage, index) => {
    const root = join(folder, String(index));
    let workdir = '/';
    for (const instruction of stage.instructions) {
      const here = join(root, workdir);
      if (instruction.name === 'WORKDIR') workdir = resolve(workdir, instruction.text);
      else if (instruction.name === 'COPY') copy(instruction, { root, workdir }, repository, context, done);
      else if (instruction.name === 'RUN') run(instruction, here, repository);
      mkdirSync(join(root, workdir), { recursive: true });
    }
    last = { root, workdir };
    if (stage.name !== undefined) done.set(stage.name, last);
  });
  if (last === undefined) throw new Error('The Dockerfile has no stage');
  return last;
}

function copy(
  { flags, words }: Instruction,
  to: SimulatedStage,
  repository: string,
  context: readonly string[],
  done: ReadonlyMap<string, SimulatedStage>,
): void {
  const sources = words.slice(0, -1);
  const target = words.at(-1) ?? '';
  const destination = target.startsWith('/') ? join(to.root, target) : join(to.root, to.workdir, target);
  const from = flags['from'] === undefined ? undefined : done.get(flags['from']);
  if (flags['from'] !== undefined && from === undefined)
    throw new Error(`There is no stage ${flags['from']}`);
  for (const source of sources) {
    if (from !== undefined) {
      cpSync(join(from.root, source), destination, { recursive: true, verbatimSymlinks: true });
      continue;
    }
    const files = context.filter((file) => file === source || file.startsWith(`${source}/`));
    if (files.length === 0) throw new Error(`COPY ${source}: no such file for the builder`);
    for (const file of files) {
      const rest = file === source ? fileTarget(source, target) : file.slice(source.length);
      cpSync(join(repository, file), join(destination, rest));
    }
  }
}

/** A file goes into a target that ends in a slash, and otherwise becomes it. */
function fileTarget(source: string, target: string): string {
  return target.endsWith('/') ? basename(source) : '';
}

function run({ text, words }: Instruction, directory: string, repository: string): void {
  const workspace = words.find((word) => word.startsWith('--workspace='))?.slice('--workspace='.length);
  if (text.startsWith('npm ci --omit=dev ') && workspace !== undefined) {
    linkPackages(productionPackages(repository, workspace), directory, repository);
  } else if (words[0] === 'node') {
    execFileSync(process.execPath, words.slice(1), { cwd: directory });
  } else {
    throw new Error(`Can't simulate RUN ${text}`);
  }
}

/** Workspaces are linked inside the stage, packages to where they are installed. */
function linkPackages(places: readonly string[], directory: string, repository: string): void {
  for (const place of places) {
    const isWorkspace = !place.includes('node_modules/');
    if (isWorkspace && !existsSync(join(directory, place, 'package.json'))) {
      throw new Error(`npm ci would not find the workspace ${place}: its package.json is not copied`);
    }
    const link = join(directory, isWorkspace ? `node_modules/@ganitagya/${basename(place)}` : place);
    const target = join(isWorkspace ? directory : repository, place);
    // A nested package comes with its parent's folder; optional ones of other platforms are not installed.
    if (existsSync(link) || !existsSync(target) || !statSync(target).isDirectory()) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(isWorkspace ? relative(dirname(link), target) : target, link);
  }
}
