import type { ConnectionProvider } from 'kysely';

import {
  DatabaseOverloadedError,
  isDatabaseUnavailable,
  isRecoveryConflict,
  isRefusedByStandby,
} from '../errors.ts';
import { pickHost } from '../hosts/balancer.ts';
import { Gate } from '../hosts/gate.ts';
import type { Host } from '../hosts/host.ts';
import type { Session } from '../session/session.ts';

/** A replica, another replica, the primary. */
const ATTEMPTS_MAX = 3;

/** Where one attempt of a read goes, and why. */
export type ReadRoute = { readonly host: Host; readonly reason: string };

/** The attempts of one read so far. */
export class ReadAttempts {
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

  hasFailedOn(host: Host): boolean {
    return this.#failed.has(host);
  }
}

/** Knows the hosts and picks one for each read. */
export class Router {
  readonly primary: Host;
  readonly replicas: readonly Host[];
  /** Connections of whoever takes writes. */
  readonly writes: ConnectionProvider;
  readonly #strays: Gate;

  constructor(
    primary: Host,
    replicas: readonly Host[],
    strays: { limit: number; waitersMax: number; timeoutMs: number },
  ) {
    this.primary = primary;
    this.replicas = replicas;
    this.writes = primary;
    this.#strays = new Gate({
      permits: strays.limit,
      waitersMax: strays.waitersMax,
      timeoutMs: strays.timeoutMs,
      refuse: (message) =>
        new DatabaseOverloadedError(
          primary.name,
          `no replica can answer and the primary's share is used: ${message}`,
        ),
    });
  }

  /** A replica that is up, has not failed this read and shows what the session wrote; else the primary. */
  routeRead(session: Session | undefined, attempts: ReadAttempts): ReadRoute {
    if (this.replicas.length === 0) return { host: this.primary, reason: 'no replicas' };
    if (attempts.isLast) return { host: this.primary, reason: 'retry' };
    const up = this.replicas.filter((host) => host.state === 'up' && !attempts.hasFailedOn(host));
    const fresh = session ? up.filter((host) => session.canReadAt(host.position)) : up;
    const host = pickHost(fresh);
    if (host) return { host, reason: 'read' };
    return { host: this.primary, reason: up.length > 0 ? 'own writes' : 'no replica is up' };
  }

  /** Enters the share of the primary that reads meant for a replica may use; the result leaves it again. */
  async enter(host: Host, signal: AbortSignal | undefined): Promise<() => void> {
    if (host.role === 'replica' || this.replicas.length === 0) return () => undefined;
    await this.#strays.enter(signal);
    return () => this.#strays.leave();
  }
}
