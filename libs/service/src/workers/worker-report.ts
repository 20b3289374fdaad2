import type { HealthReport } from '../health/health-checks.ts';
import type { WatchedWorker } from './watched-worker.ts';
import { askHealth } from './health-link.ts';
import type { WorkerSlot } from './worker-slot.ts';

/** What the health page says of a worker: what the primary knows, and what the worker says itself, if it does. */
export async function describeWorker(slot: WorkerSlot, worker: WatchedWorker): Promise<HealthReport> {
  const { state, beat, pid } = worker;
  // A frozen one would not answer.
  const report = state === 'frozen' || state === 'gone' ? undefined : await askHealth(worker.worker);
  return {
    ...(report ?? { status: 'down', error: state === 'frozen' ? 'frozen' : 'no answer in time' }),
    pid,
    slot: slot.index,
    state,
    ageMs: Math.round(performance.now() - worker.startedAt),
    restarts: slot.restarts,
    rssBytes: beat?.rssBytes,
    loopLagMs: beat?.lagMs,
    inFlight: beat?.inFlight,
    node: beat?.node,
    version: beat?.version,
  };
}
