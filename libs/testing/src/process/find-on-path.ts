import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that must be installed on this machine is not. The message holds the line to run. */
export class MissingProgramError extends Error {
  readonly code = 'program.missing';
  readonly program: string;

  constructor(program: string, aptPackage: string) {
    super(`${program} is not on PATH; install it with: apt-get install ${aptPackage}`);
    this.name = 'MissingProgramError';
    this.program = program;
  }
}

/** Tells a {@link MissingProgramError} apart. */
export function isMissingProgram(error: unknown): error is MissingProgramError {
  return error instanceof Error && (error as { code?: unknown }).code === 'program.missing';
}

/** The full path of an executable, looked for in PATH and in the system's sbin folders. */
export function findOnPath(program: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
