/** The defaults fit one event loop. */
export interface AdmissionOptions {
  /** Milliseconds of a clock that never goes back; performance.now. */
  readonly clock?: () => number;
  /**
   * Milliseconds of processor time that this thread has used, asked for once a window; process.threadCpuUsage. With a
   * `clock` of its own it is taken for undisturbed: as long as a turn.
   */
  readonly cpu?: () => number;
  readonly random?: () => number;
  /** Runs `work` once, in a later turn, after `ms`; an unreferenced setTimeout. */
  readonly after?: (ms: number, work: () => void) => void;
  /** Of requests in work at once; 32, 2 and 1,024. */
  readonly limit?: { readonly initial?: number; readonly min?: number; readonly max?: number };
  /** At most so many wait (1,024; fewer when requests cost much), `waitMs` (75) at the longest under overload. */
  readonly queue?: { readonly size?: number; readonly waitMs?: number };
}

interface Settings {
  readonly clock: () => number;
  readonly cpu: (() => number) | undefined;
  readonly random: () => number;
  readonly after: (ms: number, work: () => void) => void;
  readonly limit: { readonly initial: number; readonly min: number; readonly max: number };
  readonly queue: { readonly size: number; readonly waitMs: number };
}

/** Throws a RangeError for bounds that make no sense. */
export function withDefaults(options: AdmissionOptions): Settings {
  const limit = { initial: 32, min: 2, max: 1_024, ...options.limit };
  const queue = { size: 1_024, waitMs: 75, ...options.queue };
  const { initial, min, max } = limit;
  if (!(min >= 1 && min <= initial && initial <= max)) {
    throw new RangeError(`limit: 1 <= min ${min} <= initial ${initial} <= max ${max} must hold`);
  }
  if (!(queue.size >= 0 && queue.waitMs >= 0)) {
    throw new RangeError(`queue: size ${queue.size} and waitMs ${queue.waitMs} must not be negative`);
  }
  return {
    clock: options.clock ?? (() => performance.now()),
    cpu: options.cpu ?? (options.clock ? undefined : threadCpuMs),
    random: options.random ?? Math.random,
    after: options.after ?? ((ms, work) => void setTimeout(work, ms).unref()),
    limit,
    queue,
  };
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
