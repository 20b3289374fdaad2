import { systemResolver, type Resolver } from './discovery/resolver.ts';
import { BALANCINGS, type Balancing } from './hosts/balancer.ts';
import { hostNameOf } from './hosts/host.ts';
import type { HostSpec } from './hosts/topology.ts';

/**
 * A connection string, or one with the share of reads that its host gets in relation to the others (1).
 * `postgres+dns://` stands for every address of its name, `postgres+srv://` for every service under it.
 */
export type HostOption = string | { readonly url: string; readonly weight?: number };

/** How to reach a primary with its replicas, and the bounds of everything that waits. */
export type DatabaseOptions = {
  /** The primary, or all hosts that may become it: whoever takes writes leads, the others answer reads. */
  readonly primary: HostOption | readonly HostOption[];
  /** Its streaming replicas; a promoted one leads. */
  readonly replicas?: readonly HostOption[];
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
  /** A replica that shows what is older serves nobody; 5 s. */
  readonly stalenessMaxMs?: number;
  /** How a replica is picked; `ewma`. */
  readonly balancing?: Balancing;
  /** How long a host that joins or is back gets less than its share; 10 s. */
  readonly slowStartMs?: number;
  /** Share of the reads marked with `queryOptions({ hedge: true })` that may be asked twice; 0.05. */
  readonly hedgeShareMax?: number;
  /** The `traceparent` of what runs now, if it is sampled: it is added to statements, for `pg_stat_activity`. */
  readonly trace?: () => string | undefined;
  /** How often names of several hosts are looked up again; 30 s. */
  readonly lookupMs?: number;
  /** Looks names up; the machine's resolver. */
  readonly resolver?: Resolver;
  /** How often each host is probed; 200 ms. */
  readonly probeIntervalMs?: number;
  /** How long a probe may take; 500 ms. */
  readonly probeTimeoutMs?: number;
  /** How long an ejected host is left alone at first; 1 s, doubling up to 30 s. */
  readonly ejectionMs?: number;
};

/** Options with every default filled in. */
export type CompleteOptions = Required<Omit<DatabaseOptions, 'primary' | 'replicas'>> & {
  readonly hosts: readonly HostSpec[];
};

/** Fills in the defaults and checks every number. */
export function completeOptions(options: DatabaseOptions): CompleteOptions {
  const poolSizeMax = options.poolSizeMax ?? 10;
  const complete: CompleteOptions = {
    hosts: hostsOf(options),
    applicationName: options.applicationName,
    poolSizeMax,
    waitersMax: options.waitersMax ?? 20 * poolSizeMax,
    acquireTimeoutMs: options.acquireTimeoutMs ?? 2_000,
    statementTimeoutMs: options.statementTimeoutMs ?? 10_000,
    replicaTimeoutMs: options.replicaTimeoutMs ?? 1_000,
    fallbackShareMax: options.fallbackShareMax ?? 0.8,
    stalenessMaxMs: options.stalenessMaxMs ?? 5_000,
    balancing: options.balancing ?? 'ewma',
    slowStartMs: options.slowStartMs ?? 10_000,
    hedgeShareMax: options.hedgeShareMax ?? 0.05,
    trace: options.trace ?? (() => undefined),
    lookupMs: options.lookupMs ?? 30_000,
    resolver: options.resolver ?? systemResolver,
    probeIntervalMs: options.probeIntervalMs ?? 200,
    probeTimeoutMs: options.probeTimeoutMs ?? 500,
    ejectionMs: options.ejectionMs ?? 1_000,
  };
  for (const [name, value] of Object.entries(complete)) {
    if (typeof value === 'number' && !(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`${name} must be a positive number, not ${value}`);
    }
  }
  if (complete.hedgeShareMax > 1) throw new RangeError('hedgeShareMax must be at most 1');
  if (complete.fallbackShareMax > 1) throw new RangeError('fallbackShareMax must be at most 1');
  if (!BALANCINGS.includes(complete.balancing)) throw new RangeError('balancing is none of the known ones');
  return complete;
}

/** Every host once, those that may lead first. */
function hostsOf({ primary, replicas = [] }: DatabaseOptions): HostSpec[] {
  const candidates = isList(primary) ? primary : [primary];
  if (candidates.length === 0) throw new RangeError('primary names no host');
  const specs = new Map<string, HostSpec>();
  for (const [list, role] of [
    [candidates, 'primary'],
    [replicas, 'replica'],
  ] as const) {
    for (const option of list) {
      const { url, weight = 1 } = typeof option === 'string' ? { url: option } : option;
      // Not the text itself: it holds a password.
      if (!URL.canParse(url)) throw new TypeError('a host is not given as a connection string');
      if (!(weight > 0 && Number.isFinite(weight))) throw new RangeError('weight must be a positive number');
      const name = hostNameOf(url);
      if (!specs.has(name)) specs.set(name, { url, role, weight });
    }
  }
  return [...specs.values()];
}

function isList(primary: DatabaseOptions['primary']): primary is readonly HostOption[] {
  return Array.isArray(primary);
}
