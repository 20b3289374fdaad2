export interface RetryOptions {
  /** Calls in total, the first included. */
  readonly attempts: number;
  readonly baseMs?: number;
  readonly maxMs?: number;
  /** Which errors are worth another attempt; all by default. An open circuit, a full bulkhead and an abort never are. */
  readonly on?: (error: unknown) => boolean;
}

export interface BreakerOptions {
  /** Consecutive failures that open the circuit. */
  readonly failures?: number;
  readonly openMs?: number;
  /** Probes let through when half-open; all must succeed to close, one failure opens again. */
  readonly successesToClose?: number;
  /** Which errors count as failures of the dependency; all by default. The others prove it alive. */
  readonly on?: (error: unknown) => boolean;
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
  readonly breaker?: BreakerOptions;
  readonly bulkhead?: BulkheadOptions;
}

/** A row with its defaults filled in. */
export interface PolicyRow {
  readonly timeoutMs: number;
  readonly retry: Required<RetryOptions> | undefined;
  readonly breaker: Required<BreakerOptions> | undefined;
  readonly bulkhead: BulkheadOptions | undefined;
}

const always = () => true;

/** Fills in the defaults and refuses numbers that make no sense, naming the row and the field. */
export function completeRow(name: string, options: PolicyOptions): PolicyRow {
  const row: PolicyRow = {
    timeoutMs: options.timeoutMs ?? 10_000,
    retry: options.retry && { baseMs: 100, maxMs: 2_000, on: always, ...options.retry },
    breaker: options.breaker && {
      failures: 5,
      openMs: 30_000,
      successesToClose: 3,
      on: always,
      ...options.breaker,
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
  atLeast(1, { timeoutMs: row.timeoutMs, ...row.breaker });
  if (row.retry) {
    const { attempts, baseMs, maxMs } = row.retry;
    atLeast(1, { attempts });
    atLeast(0, { baseMs, maxMs });
    if (maxMs < baseMs) throw new RangeError(`policy ${name}: maxMs must not be less than baseMs`);
  }
  if (row.bulkhead) {
    atLeast(1, { concurrent: row.bulkhead.concurrent });
    atLeast(0, { queue: row.bulkhead.queue });
  }
  return row;
}
