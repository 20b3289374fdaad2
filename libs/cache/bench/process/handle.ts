import { fork, type ChildProcess } from 'node:child_process';

import type { Entrant } from '../contestant.ts';
import type { Commands } from './commands.ts';

const OPEN_TIMEOUT_MS = 15_000;
const ANSWER_TIMEOUT_MS = 25_000;
const STDERR_MAX = 2_000;

/** A process did not answer in time. */
export class HungError extends Error {
  override readonly name = 'HungError';
}

/** A process ended by itself; the message is the last it said. */
export class EndedError extends Error {
  override readonly name = 'EndedError';
}

/** The first line of what an error of a contestant says, for a table. */
export function messageOf(error: unknown): string {
  const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return error instanceof EndedError ? `process ended: ${message}` : message;
}

interface Question {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A process of this benchmark that answers questions over IPC. */
export class Handle<Asked extends Record<keyof Asked, (request: never) => Promise<unknown>> = Commands> {
  readonly #child: ChildProcess;
  readonly #questions = new Map<number, Question>();
  #asked = 0;
  #stderr = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (answer: { id: number; result?: unknown; error?: string }) => {
      const question = this.#questions.get(answer.id);
      if (answer.error === undefined) question?.resolve(answer.result);
      else question?.reject(new Error(answer.error));
    });
    child.stderr?.on('data', (data: Buffer) => {
      this.#stderr = `${this.#stderr}${data.toString()}`.slice(-STDERR_MAX);
    });
    child.once('exit', () => {
      const error = new EndedError(lastWords(this.#stderr));
      for (const { reject } of this.#questions.values()) reject(error);
    });
  }

  /** Starts a file of this benchmark; resolves when it says that it is ready. */
  static async start<Asked extends Record<keyof Asked, (request: never) => Promise<unknown>>>(
    file: URL,
    args: readonly string[],
  ): Promise<Handle<Asked>> {
    const child = fork(file, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
    const handle = new Handle<Asked>(child);
    try {
      await handle.#answer(0, OPEN_TIMEOUT_MS, 'start');
    } catch (error) {
      await handle.end();
      throw error;
    }
    return handle;
  }

  /** Asks for one command; rejects when the process ends or does not answer in time. */
  ask<Name extends keyof Asked & string>(
    command: Name,
    request: Parameters<Asked[Name]>[0],
    timeoutMs = ANSWER_TIMEOUT_MS,
  ): Promise<Awaited<ReturnType<Asked[Name]>>> {
    if (!this.#child.connected) return Promise.reject(new EndedError(lastWords(this.#stderr)));
    const id = ++this.#asked;
    const answer = this.#answer(id, timeoutMs, command);
    this.#child.send({ id, command, request });
    return answer as Promise<Awaited<ReturnType<Asked[Name]>>>;
  }

  /** Ends the process, whatever it does. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await exited;
  }

  #answer(id: number, timeoutMs: number, command: string): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(
      () => reject(new HungError(`${command} took more than ${timeoutMs} ms`)),
      timeoutMs,
    );
    this.#questions.set(id, { resolve, reject });
    return promise.finally(() => {
      clearTimeout(timer);
      this.#questions.delete(id);
    });
  }
}

/** Starts a contestant in a process of its own. */
export function openEntrant({ module, settings }: Entrant, url: string): Promise<Handle> {
  const location = new URL(`../${module}`, import.meta.url).href;
  return Handle.start<Commands>(new URL('./child.ts', import.meta.url), [location, settings, url]);
}

function lastWords(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines.find((line) => /^\w*Error\b/u.test(line)) ?? lines.findLast((line) => line !== '') ?? 'ended';
}
