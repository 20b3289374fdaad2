import { Counter, Gauge, type Registry } from './client.ts';

/** A group of workers, and what happens to it. */
export interface ObservedWorkers {
  readonly wanted: number;
  readonly readyCount: number;
  /** Whether a rolling restart stopped half-way. */
  readonly isHeld: boolean;
  on(event: 'restart', listener: (reason: string) => void): unknown;
  on(event: 'late', listener: () => void): unknown;
}

const REASONS = ['died', 'frozen', 'leaking', 'rolling'];

/** Series of a group of workers, which its primary counts. */
export function observeWorkers(registry: Registry, workers: ObservedWorkers): void {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  gauge('worker_wanted', 'How many workers there should be.', () => workers.wanted);
  gauge('worker_ready', 'How many workers take requests.', () => workers.readyCount);
  gauge('worker_rolling_restart_held', '1 when a rolling restart stopped half-way.', () =>
    Number(workers.isHeld),
  );
  const restarts = new Counter({
    name: 'worker_restarts_total',
    help: 'Workers that were started after the first ones, and why.',
    labelNames: ['reason'],
    registers,
  });
  for (const reason of REASONS) restarts.inc({ reason }, 0);
  workers.on('restart', (reason) => restarts.inc({ reason }));
  const late = new Counter({
    name: 'worker_heartbeats_late_total',
    help: 'Heartbeats of workers that came a second late or later.',
    registers,
  });
  workers.on('late', () => late.inc());
}
