/** How to reach a primary with its replicas, and the bounds of everything that waits. */
export type DatabaseOptions = {
  /** Connection string of the primary. */
  readonly primary: string;
  /** Connection strings of its streaming replicas; none: everything runs on the primary. */
  readonly replicas?: readonly string[];
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** Connections per host; 10. */
  readonly poolSizeMax?: number;
  /** Callers that may wait per host; 20 times the pool. */
  readonly waitersMax?: number;
  /** How long a caller waits for a connection; 2 s. */
  readonly acquireTimeoutMs?: number;
  /** How long the server works on one statement; 10 s. */
  readonly statementTimeoutMs?: number;
  /** How long a read waits for a replica before it is tried elsewhere; 1 s. */
  readonly replicaTimeoutMs?: number;
  /** Share of the primary's pool that reads may use which no replica can answer; 0.8. */
  readonly fallbackShareMax?: number;
  /** How often each host is probed; 200 ms. */
  readonly probeIntervalMs?: number;
  /** How long a probe may take; 500 ms. */
  readonly probeTimeoutMs?: number;
  /** How long an ejected host is left alone at first; 1 s, doubling up to 30 s. */
  readonly ejectionMs?: number;
};

/** Options with every default filled in. */
export type CompleteOptions = Required<DatabaseOptions>;

/** Fills in the defaults and checks every number. */
export function completeOptions(options: DatabaseOptions): CompleteOptions {
  const poolSizeMax = options.poolSizeMax ?? 10;
  const complete: CompleteOptions = {
    primary: options.primary,
    replicas: options.replicas ?? [],
    applicationName: options.applicationName,
    poolSizeMax,
    waitersMax: options.waitersMax ?? 20 * poolSizeMax,
    acquireTimeoutMs: options.acquireTimeoutMs ?? 2_000,
    statementTimeoutMs: options.statementTimeoutMs ?? 10_000,
    replicaTimeoutMs: options.replicaTimeoutMs ?? 1_000,
    fallbackShareMax: options.fallbackShareMax ?? 0.8,
    probeIntervalMs: options.probeIntervalMs ?? 200,
    probeTimeoutMs: options.probeTimeoutMs ?? 500,
    ejectionMs: options.ejectionMs ?? 1_000,
  };
  for (const url of [complete.primary, ...complete.replicas]) {
    // Not the text itself: it holds a password.
    if (!URL.canParse(url)) throw new TypeError('a host is not given as a connection string');
  }
  for (const [name, value] of Object.entries(complete)) {
    if (typeof value === 'number' && !(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`${name} must be a positive number, not ${value}`);
    }
  }
  if (complete.fallbackShareMax > 1) throw new RangeError('fallbackShareMax must be at most 1');
  return complete;
}
