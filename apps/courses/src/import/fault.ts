/** One thing wrong in the content folder. */
export interface Fault {
  readonly path: string;
  /** Counts from 1. */
  readonly line: number;
  readonly message: string;
}

/** `path:line: message`, which editors and terminals can follow. */
export function formatFault({ path, line, message }: Fault): string {
  return `${path}:${line}: ${message}`;
}

/** Collects the faults of all files; there is no first fault that hides the others. */
export class FaultList {
  readonly #faults: Fault[] = [];

  add(path: string, line: number, message: string): void {
    this.#faults.push({ path, line, message });
  }

  /** By path and line. */
  sorted(): readonly Fault[] {
    return this.#faults.toSorted((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
  }
}
