import type { ConnectionProvider } from 'kysely';

import {
  DatabaseOverloadedError,
  isDatabaseUnavailable,
  isRecoveryConflict,
  isRefusedByStandby,
} from '../errors.ts';
import { createBalancer, type Balancer, type Balancing } from '../hosts/balancer.ts';
import { Gate } from '../hosts/gate.ts';
import type { Host } from '../hosts/host.ts';
import { PrimaryProvider } from '../hosts/primary-provider.ts';
import type { Topology } from '../hosts/topology.ts';
import type { Session } from '../session/session.ts';

/** A replica, another replica, the primary. */
const ATTEMPTS_MAX = 3;
/** How often sessions may ask for a probe that is not due. */
const ASK_AGAIN_MS = 20;

/** Where one attempt of a read goes, and why. */
export type ReadRoute = { readonly host: Host; readonly reason: string };

/** What a read demands beside the session's own writes. */
export type ReadLimits = { readonly stalenessMaxMs?: number | undefined };

/** The attempts of one read so far. */
export class ReadAttempts {
  /** Where the read is now. */
  current: Host | undefined;
  readonly #failed = new Set<Host>();
  #count = 0;

  get isLast(): boolean {
    return this.#count >= ATTEMPTS_MAX - 1;
  }

  /** Whether the read may be tried once more after this error, elsewhere. */
  retryAfter(error: unknown, host: Host): boolean {
    const isConflict = host.role === 'replica' && (isRecoveryConflict(error) || isRefusedByStandby(error));
    if (!isConflict && !isDatabaseUnavailable(error)) return false;
    if (this.isLast || (host.role === 'primary' && this.#failed.has(host))) return false;
    this.#failed.add(host);
    // A conflict says that the statement is too long for a standby: the next one would only suffer as well.
    this.#count = isConflict || host.role === 'primary' ? ATTEMPTS_MAX - 1 : this.#count + 1;
    return true;
  }

  /** Goes elsewhere from the start. */
  avoid(host: Host): void {
    this.#failed.add(host);
  }

  hasFailedOn(host: Host): boolean {
    return this.#failed.has(host);
  }
}

/** What a router needs of its database. */
export type RouterOptions = {
  readonly topology: Topology;
  readonly balancing: Balancing;
  readonly stalenessMaxMs: number;
  /** The share of the primary that reads meant for a replica may use. */
  readonly strays: { readonly limit: number; readonly waitersMax: number; readonly timeoutMs: number };
};

/** Knows the hosts and picks one for each read. */
export class Router {
  /** Connections of whoever leads at the time. */
  readonly writes: ConnectionProvider;
  /** The share of the primary that reads meant for a replica may use. */
  readonly strays: Gate;
  readonly #topology: Topology;
  readonly #balance: Balancer;
  readonly #stalenessMaxMs: number;
  #askedAgainAtMs = -Infinity;

  constructor({ topology, balancing, stalenessMaxMs, strays }: RouterOptions) {
    this.writes = new PrimaryProvider(topology);
    this.#topology = topology;
    this.#balance = createBalancer(balancing);
    this.#stalenessMaxMs = stalenessMaxMs;
    this.strays = new Gate({
      permits: strays.limit,
      waitersMax: strays.waitersMax,
      timeoutMs: strays.timeoutMs,
      refuse: (message) =>
        new DatabaseOverloadedError(
          this.primary.name,
          `no replica can answer and the primary's share is used: ${message}`,
        ),
    });
  }

  /** Who leads now, as far as is known. */
  get primary(): Host {
    return this.#topology.primary;
  }

  get replicas(): readonly Host[] {
    return this.#topology.replicas;
  }

  /** A replica that is up, has not failed this read and shows what the session wrote; else the primary. */
  routeRead(
    session: Session | undefined,
    attempts: ReadAttempts,
    { stalenessMaxMs }: ReadLimits = {},
  ): ReadRoute {
    const { primary, replicas } = this;
    if (replicas.length === 0) return { host: primary, reason: 'no replicas' };
    if (attempts.isLast) return { host: primary, reason: 'retry' };
    const answering = replicas.filter((host) => host.state !== 'ejected' && !attempts.hasFailedOn(host));
    if (answering.length === 0) return this.#routeWithoutReplicas(session, attempts, stalenessMaxMs);
    const young = answering.filter((host) =>
      stalenessMaxMs === undefined ? host.state === 'up' : host.lagMs <= stalenessMaxMs,
    );
    if (young.length === 0) return { host: primary, reason: 'too old' };
    const host = this.#balance(session ? young.filter((host) => session.canReadFrom(host, primary)) : young);
    if (host) return { host, reason: 'read' };
    this.#askAgain(young);
    return { host: primary, reason: 'own writes' };
  }

  /** A session found nobody who shows enough. What is known may be old by the time between two probes: ask sooner. */
  #askAgain(replicas: readonly Host[]): void {
    if (performance.now() - this.#askedAgainAtMs < ASK_AGAIN_MS) return;
    this.#askedAgainAtMs = performance.now();
    void this.#topology.probe([this.primary, ...replicas]);
  }

  /** Whether a read on this host was meant for a replica. */
  isStray(host: Host): boolean {
    return host.role === 'primary' && this.replicas.length > 0;
  }

  /** No replica is up. Is the primary not either, the fault may be ours: all are asked, and those lately seen are tried. */
  #routeWithoutReplicas(
    session: Session | undefined,
    attempts: ReadAttempts,
    stalenessMaxMs = this.#stalenessMaxMs,
  ): ReadRoute {
    const { primary, replicas } = this;
    if (primary.state === 'ejected') {
      void this.#topology.discover();
      const host = this.#balance(
        replicas.filter(
          (replica) =>
            !attempts.hasFailedOn(replica) &&
            replica.ageMaxMs <= stalenessMaxMs &&
            (session?.canReadAt(undefined) ?? true),
        ),
      );
      if (host) return { host, reason: 'all are ejected' };
    }
    return { host: primary, reason: 'no replica is up' };
  }
}
