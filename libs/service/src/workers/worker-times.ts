/** How patient a primary is with its workers, in milliseconds. */
export interface WorkerTimes {
  /** No beat for so long: frozen. A pause of the garbage collector is shorter. */
  readonly frozenAfterMs: number;
  /** A frozen worker is killed after so long even if its replacement is not ready. */
  readonly frozenKillAfterMs: number;
  /** From the start of the process to its readiness. */
  readonly bootMaxMs: number;
  /** A life or a readiness that is no early death. */
  readonly steadyMs: number;
  /** How long a new worker is watched in a rolling restart before the old one goes. */
  readonly trialMs: number;
  /** Too much memory for so long: leaking. */
  readonly leakingForMs: number;
  /** At most one leaking worker is replaced in this time. */
  readonly leakPauseMs: number;
}

export const workerTimes: WorkerTimes = {
  frozenAfterMs: 3_000,
  frozenKillAfterMs: 5_000,
  bootMaxMs: 60_000,
  steadyMs: 10_000,
  trialMs: 5_000,
  leakingForMs: 30_000,
  leakPauseMs: 60_000,
};
