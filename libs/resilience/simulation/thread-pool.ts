import type { Agenda } from './agenda.ts';

/** So many jobs at a time, the others in a line: libuv's threads, or a pool of connections. */
export class ThreadPool {
  readonly #agenda: Agenda;
  readonly #waiting: (readonly [ms: number, done: () => void])[] = [];
  readonly #lineMax: number;
  #free: number;

  constructor(agenda: Agenda, threads: number, lineMax = Infinity) {
    this.#agenda = agenda;
    this.#free = threads;
    this.#lineMax = lineMax;
  }

  get isFull(): boolean {
    return this.#waiting.length >= this.#lineMax;
  }

  run(at: number, ms: number, done: () => void): void {
    if (this.#free === 0) {
      this.#waiting.push([ms, done]);
      return;
    }
    this.#free--;
    this.#agenda.plan(at + ms, (endedAt) => {
      done();
      this.#free++;
      const next = this.#waiting.shift();
      if (next) this.run(endedAt, ...next);
    });
  }
}
