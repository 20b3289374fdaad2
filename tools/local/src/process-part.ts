import { sendSignal, startProcess, type ManagedProcess, type ProcessOptions } from '@ganitagya/testing';
import type { Part } from './keep-running.ts';

/**
 * A part that is a process of its own: SIGTERM ends it, and SIGKILL when that takes
 * longer than `stopTimeoutMs`, which `stop` rejects with.
 */
export function processPart(options: ProcessOptions, stopTimeoutMs: number): Part {
  let running: ManagedProcess | undefined;
  return {
    name: options.name,
    async start() {
      running = await startProcess(options);
    },
    exited() {
      if (running === undefined) throw new Error(`${options.name} has not been started`);
      return running.exited;
    },
    async stop() {
      if (running?.isRunning() !== true) return;
      const { pid, exited } = running;
      const timer = setTimeout(() => sendSignal(pid, 'SIGKILL'), stopTimeoutMs);
      sendSignal(pid, 'SIGTERM');
      const { signal } = await exited;
      clearTimeout(timer);
      if (signal === 'SIGKILL') throw new Error(`it was killed after ${stopTimeoutMs} ms`);
    },
  };
}
