import type { Agenda } from './agenda.ts';

/**
 * Node's loop: a turn runs all that was ready when it began, one after the other; what becomes ready meanwhile waits
 * for the next turn.
 */
export class EventLoop {
  readonly #agenda: Agenda;
  #ready: (() => void)[] = [];
  #now = 0;
  #turnFrom = 0;
  /** 0.5 when something takes half of the processor away. */
  speed = 1;

  constructor(agenda: Agenda) {
    this.#agenda = agenda;
  }

  get now(): number {
    return this.#now;
  }

  /** Runs `task` in the next turn. */
  post(task: () => void): void {
    this.#ready.push(task);
  }

  /** Runs `task` in the next turn before all else, as timers do. */
  postTimer(task: () => void): void {
    this.#ready.unshift(task);
  }

  /** The running task computes for so long. */
  spend(cpuMs: number): void {
    this.#now += cpuMs / this.speed;
  }

  /** `onTurn` hears how long each turn took; what it does itself belongs to the next one. */
  runUntil(until: number, onTurn: (turnMs: number) => void): void {
    while (this.#now < until) {
      this.#agenda.runUntil(this.#now);
      if (this.#ready.length > 0) onTurn(this.#turn());
      else this.#idleUntil(Math.min(until, this.#agenda.nextAt));
    }
  }

  #turn(): number {
    const tasks = this.#ready;
    this.#ready = [];
    for (const task of tasks) task();
    const turnMs = this.#now - this.#turnFrom;
    this.#turnFrom = this.#now;
    return turnMs;
  }

  #idleUntil(at: number): void {
    this.#now = Math.max(this.#now, at);
    this.#turnFrom = this.#now;
  }
}
