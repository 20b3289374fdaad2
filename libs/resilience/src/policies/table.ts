import { isRefused } from './errors.ts';
import { RetryBudget } from './retry-budget.ts';

export interface RetryOptions {
  /** Calls in total, the first included. */
  readonly attempts: number;
  readonly baseMs?: number;
  readonly maxMs?: number;
  /** Which errors are worth another attempt; all by default. An open circuit, a full bulkhead and an abort never are. */
  readonly on?: (error: unknown) => boolean;
  /** What bounds all retries under this name; one of its own unless it is shared with other rows, or with hedges. */
  readonly budget?: RetryBudget;
}

export interface SlowOptions {
  /** A success that took longer is slow. */
  readonly overMs: number;
  /** The circuit opens when so many of the last `calls` were slow; a half. */
  readonly share?: number;
  /** Twenty. */
  readonly calls?: number;
}

export interface ThrottleOptions {
  /** Begins to hold back when less than one in `k` calls is accepted; 2. */
  readonly k?: number;
  /** Of ten calls at least one still goes through; 0.9. */
  readonly shareMax?: number;
  /** Holds nothing back below so many calls in three seconds; 15. */
  readonly callsMin?: number;
}

export interface BreakerOptions {
  /** Consecutive failures that open the circuit. */
  readonly failures?: number;
  readonly openMs?: number;
  /** Probes let through when half-open; all must succeed to close, one failure opens again. */
  readonly successesToClose?: number;
  /** Which errors count as failures of the dependency; all but refusals by default. The others prove it alive. */
  readonly on?: (error: unknown) => boolean;
  /** Slow answers open it, too; off unless given. */
  readonly slow?: SlowOptions;
}

export interface BulkheadOptions {
  readonly concurrent: number;
  readonly queue: number;
}

/** One row of the table: what is left out is not applied, except the time-out. */
export interface PolicyOptions {
  /** Bound of each attempt; 10 s by default, so that no call waits for ever. */
  readonly timeoutMs?: number;
  readonly retry?: RetryOptions;
  readonly throttle?: ThrottleOptions;
  readonly breaker?: BreakerOptions;
  readonly bulkhead?: BulkheadOptions;
}

/** A breaker with its defaults filled in. */
export interface BreakerRow extends Required<Omit<BreakerOptions, 'slow'>> {
  readonly slow: Required<SlowOptions> | undefined;
}

/** A row with its defaults filled in. */
export interface PolicyRow {
  readonly timeoutMs: number;
  readonly retry: Required<RetryOptions> | undefined;
  readonly throttle: Required<ThrottleOptions> | undefined;
  readonly breaker: BreakerRow | undefined;
  readonly bulkhead: BulkheadOptions | undefined;
}

const always = () => true;
const isNoRefusal = (error: unknown) => !isRefused(error);

/** Fills in the defaults and refuses numbers that make no sense, naming the row and the field. */
export function completeRow(name: string, options: PolicyOptions): PolicyRow {
  const row: PolicyRow = {
    timeoutMs: options.timeoutMs ?? 10_000,
    retry: options.retry && {
      baseMs: 100,
      maxMs: 2_000,
      on: always,
      budget: options.retry.budget ?? new RetryBudget(),
      ...options.retry,
    },
    throttle: options.throttle && { k: 2, shareMax: 0.9, callsMin: 15, ...options.throttle },
    breaker: options.breaker && {
      failures: 5,
      openMs: 30_000,
      successesToClose: 3,
      on: isNoRefusal,
      ...options.breaker,
      slow: options.breaker.slow && { share: 0.5, calls: 20, ...options.breaker.slow },
    },
    bulkhead: options.bulkhead,
  };
  const atLeast = (minimum: number, values: object) => {
    for (const [field, value] of Object.entries(values)) {
      if (typeof value === 'number' && !(Number.isInteger(value) && value >= minimum && value < 2 ** 31)) {
        throw new RangeError(`policy ${name}: ${field} must be a whole number from ${minimum}, got ${value}`);
      }
    }
  };
  const within = (minimum: number, maximum: number, values: Readonly<Record<string, number>>) => {
    for (const [field, value] of Object.entries(values)) {
      if (!(value >= minimum && value <= maximum)) {
        throw new RangeError(`policy ${name}: ${field} must be from ${minimum} to ${maximum}, got ${value}`);
      }
    }
  };
  atLeast(1, { timeoutMs: row.timeoutMs, ...row.breaker });
  if (row.retry) {
    const { attempts, baseMs, maxMs } = row.retry;
    atLeast(1, { attempts });
    atLeast(0, { baseMs, maxMs });
    if (maxMs < baseMs) throw new RangeError(`policy ${name}: maxMs must not be less than baseMs`);
  }
  if (row.breaker?.slow) {
    const { overMs, calls, share } = row.breaker.slow;
    atLeast(1, { overMs, calls });
    within(0.01, 1, { share });
  }
  if (row.throttle) {
    const { k, shareMax, callsMin } = row.throttle;
    within(1, 100, { k });
    within(0, 0.99, { shareMax });
    atLeast(1, { callsMin });
  }
  if (row.bulkhead) {
    atLeast(1, { concurrent: row.bulkhead.concurrent });
    atLeast(0, { queue: row.bulkhead.queue });
  }
  return row;
}
