import { createWriteStream, type WriteStream } from 'node:fs';
import type { State } from './state.ts';

/** One log file a part, begun anew at each start. */
export class Logs {
  readonly #state: State;
  readonly #files = new Map<string, WriteStream>();

  constructor(state: State) {
    this.#state = state;
  }

  /** A function that appends lines to a part's file. */
  readonly of = (part: string): ((line: string) => void) => {
    let file = this.#files.get(part);
    if (file === undefined) {
      file = createWriteStream(this.#state.join('logs', `${part}.log`));
      this.#files.set(part, file);
    }
    return (line) => void file.write(`${line}\n`);
  };

  close(): void {
    for (const file of this.#files.values()) file.end();
  }
}
