import type { ConnectionProvider, DatabaseConnection, Driver } from 'kysely';

import { DatabaseOverloadedError, DatabaseUnavailableError } from '../errors.ts';
import { formatWalPosition, type WalPosition } from '../wal-position.ts';
import type { Candidate } from './balancer.ts';
import { Gate } from './gate.ts';
import { HostConnections, type Lease } from './host-connections.ts';
import { HostPool, roleError } from './host-pool.ts';
import type { HostState, HostStatus } from './host-status.ts';
import type { HostOptions, LeaseOptions, Role, Standing } from './host-types.ts';
import { PeakEwma } from './peak-ewma.ts';
import { slowStartShare } from './slow-start.ts';

/** One Postgres server: a bounded pool of connections and what is known of its health. */
export class Host implements ConnectionProvider, Candidate {
  readonly name: string;
  readonly connectionString: string;
  readonly #options: HostOptions;
  readonly #gate: Gate;
  readonly #pool: HostPool;
  readonly #connections: HostConnections;
  readonly #latency = new PeakEwma();
  #role: Role;
  #state: HostState = 'ejected';
  #reason = 'not probed yet';
  #standing: Standing | undefined;
  #freshAtMs = -Infinity;
  #joinedAtMs = 0;
  #ejections = 0;
  #reads = 0;

  constructor(options: HostOptions) {
    this.name = hostNameOf(options.url);
    this.connectionString = options.url;
    this.#options = options;
    this.#role = options.role;
    this.#gate = new Gate({
      permits: options.poolSizeMax,
      waitersMax: options.waitersMax,
      timeoutMs: options.acquireTimeoutMs,
      refuse: (message) => new DatabaseOverloadedError(this.name, message),
    });
    this.#pool = new HostPool(options, this.#createContext());
    this.#connections = new HostConnections(this.#pool);
  }

  /** Begins and ends transactions on its connections. */
  get driver(): Driver {
    return this.#connections.driver;
  }

  get role(): Role {
    return this.#role;
  }

  get state(): HostState {
    return this.#state;
  }

  get inFlight(): number {
    return this.#gate.used;
  }

  get load(): number {
    return this.#reads;
  }

  /** Counts a read from the moment it is routed here, so that those which start together do not all choose alike. */
  beginRead(): () => void {
    this.#reads += 1;
    return () => {
      this.#reads -= 1;
    };
  }

  get latencyMs(): number {
    return this.#latency.value;
  }

  get weight(): number {
    return (
      this.#options.weight * slowStartShare(performance.now() - this.#joinedAtMs, this.#options.slowStartMs)
    );
  }

  /** What a replica had replayed, or the primary flushed, at the last probe. */
  get position(): WalPosition | undefined {
    return this.#standing?.position;
  }

  /** When the last good probe was sent. */
  get askedAtMs(): number | undefined {
    return this.#standing?.askedAtMs;
  }

  /** Another number after each time it was away. */
  get incarnation(): number {
    return this.#ejections;
  }

  /** Age of what a replica showed at the last probe; Infinity when that is not known. */
  get lagMs(): number {
    return this.#standing?.lagMs ?? Infinity;
  }

  /** More than this what it shows cannot be old, whether it has been asked lately or not. */
  get ageMaxMs(): number {
    return performance.now() - this.#freshAtMs;
  }

  /** Lends a connection to `consumer`; waiting for it is bounded in number and in time. */
  async provideConnection<T>(
    consumer: (connection: DatabaseConnection) => Promise<T>,
    options: LeaseOptions = {},
  ): Promise<T> {
    await this.#gate.enter(options.signal);
    const lease = await this.#connect(options);
    try {
      const limiting = lease.client.limitStatements(options.timeoutMs);
      if (limiting) await limiting;
      return await consumer(lease.connection);
    } finally {
      await this.#release(lease);
    }
  }

  /** Notes a good probe; true when that changes its state. */
  markUp(standing: Standing): boolean {
    const before = this.#state;
    if (before === 'ejected') {
      this.#joinedAtMs = performance.now();
      this.#latency.reset();
    }
    this.#standing = standing;
    this.#freshAtMs = standing.freshAtMs ?? this.#freshAtMs;
    this.#state = standing.state;
    this.#reason = standing.reason;
    return before !== standing.state;
  }

  /** Takes the host out of rotation; a replica's callers are sent away, so that nobody waits on it. */
  eject(reason: string): boolean {
    const wasIn = this.#state !== 'ejected';
    this.#state = 'ejected';
    this.#reason = reason;
    this.#standing = undefined;
    if (!wasIn) return false;
    this.#ejections += 1;
    if (this.#role === 'replica') {
      // Waiters first: what is closed would let them in, and they would wait for a connection to a host that may be frozen.
      this.#gate.turnAway(new DatabaseUnavailableError(this.name, reason, { mayHaveRun: false }));
      this.#pool.disconnect();
    }
    return true;
  }

  /** Makes it what it has turned out to be. A primary that leads no more loses its connections. */
  setRole(role: Role): void {
    if (role === this.#role) return;
    this.#role = role;
    if (role === 'replica') this.#pool.disconnect();
  }

  /** Closes every connection where it stands: what runs fails now instead of waiting. */
  disconnect(): void {
    this.#pool.disconnect();
  }

  status(): HostStatus {
    const standing = this.#standing;
    const isReplica = this.#role === 'replica';
    return {
      name: this.name,
      role: this.#role,
      state: this.#state,
      reason: this.#reason,
      inFlight: this.#gate.used,
      waiting: this.#gate.waiting,
      lagMs: isReplica ? standing?.lagMs : undefined,
      lagBytes: isReplica ? standing?.lagBytes : undefined,
      replayed: standing && formatWalPosition(standing.position),
      ejections: this.#ejections,
      latencyMs: this.latencyMs,
      weight: this.weight,
    };
  }

  /** Refuses new work, gives what runs some time, and closes every connection. */
  async end(graceMs: number): Promise<void> {
    this.#gate.close(new DatabaseUnavailableError(this.name, 'closed', { mayHaveRun: false }));
    await this.#pool.end(graceMs);
  }

  #createContext() {
    const { statementTimeoutMs, replicaTimeoutMs, comment, onSuspicion } = this.#options;
    const role = () => this.#role;
    return {
      host: this.name,
      statementTimeoutMs,
      comment,
      get deadlineMs() {
        return role() === 'replica' ? replicaTimeoutMs : statementTimeoutMs;
      },
      isLost: () => {
        onSuspicion(this);
        // A write is not given up while its host answers: sessions may have lifted the server's limit.
        return this.#role === 'replica' || this.#state === 'ejected';
      },
      onAnswer: (durationMs: number) => this.#latency.observe(durationMs),
      onConnectionFailure: (error: unknown) => this.#options.onConnectionFailure(this, error),
      onRoleFailure: (reason: string, cause?: unknown) => {
        onSuspicion(this);
        return roleError(this.name, reason, cause);
      },
    };
  }

  async #connect({ signal, isForWrites = false }: LeaseOptions): Promise<Lease> {
    const connecting = this.#connections.open(isForWrites);
    let onAbort: (() => void) | undefined;
    try {
      if (!signal) return await connecting;
      const aborted = new Promise<never>((_resolve, reject) => {
        onAbort = () => reject(signal.reason as Error);
        signal.addEventListener('abort', onAbort, { once: true });
      });
      return await Promise.race([connecting, aborted]);
    } catch (error) {
      if (signal?.aborted) {
        // The connection is on its way; it goes straight back to the pool.
        connecting.then(
          (lease) => this.#release(lease),
          () => this.#gate.leave(),
        );
        throw error;
      }
      this.#gate.leave();
      if (error instanceof DatabaseUnavailableError) throw error;
      this.#options.onConnectionFailure(this, error);
      throw new DatabaseUnavailableError(this.name, 'cannot connect', { mayHaveRun: false, cause: error });
    } finally {
      if (onAbort) signal?.removeEventListener('abort', onAbort);
    }
  }

  async #release(lease: Lease): Promise<void> {
    try {
      await this.#connections.release(lease);
    } finally {
      this.#gate.leave();
    }
  }
}

/** `address:port` of a connection string. */
export function hostNameOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '5432' : port}`;
}
