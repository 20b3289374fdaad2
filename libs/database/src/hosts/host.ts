import type { ConnectionProvider, DatabaseConnection } from 'kysely';

import type { Shown } from '../session/read-bounds.ts';
import { formatWalPosition, type WalPosition } from '../wal-position.ts';
import type { Candidate } from './balancer.ts';
import type { HostConnection } from './host-connection.ts';
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
  readonly #pool: HostPool;
  readonly #latency = new PeakEwma();
  #role: Role;
  #state: HostState = 'ejected';
  #reason = 'not probed yet';
  #standing: Standing | undefined;
  #freshAtMs = -Infinity;
  #joinedAtMs = 0;
  #ejections = 0;
  #incarnation = 0;
  #reads = 0;

  constructor(options: HostOptions) {
    this.name = hostNameOf(options.url);
    this.connectionString = options.url;
    this.#options = options;
    this.#role = options.role;
    this.#pool = new HostPool(options, this.#createContext());
  }

  get role(): Role {
    return this.#role;
  }

  get state(): HostState {
    return this.#state;
  }

  get inFlight(): number {
    return this.#pool.used;
  }

  get load(): number {
    return this.#reads;
  }

  /** Counts a read from the moment it is routed here, until `endRead`. */
  beginRead(): void {
    this.#reads += 1;
  }

  endRead(): void {
    this.#reads -= 1;
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

  /** The most that it can have shown to anybody before a moment. */
  get shown(): Shown | undefined {
    return this.#standing?.shown;
  }

  /** Another number after each time it was away. */
  get incarnation(): number {
    return this.#incarnation;
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
    const connection = this.#pool.tryTake(options) ?? (await this.#pool.take(options));
    try {
      connection.limitStatements(options.timeoutMs);
      return await consumer(connection);
    } finally {
      this.#pool.giveBack(connection);
    }
  }

  /** A connection until it is given back. */
  async take(options: LeaseOptions = {}): Promise<HostConnection> {
    const connection = await this.#pool.take(options);
    connection.limitStatements(options.timeoutMs);
    return connection;
  }

  giveBack(connection: HostConnection): void {
    this.#pool.giveBack(connection);
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
    this.#incarnation += 1;
    if (this.#role === 'replica') {
      this.#pool.turnAway(reason);
      this.#pool.disconnect();
    }
    return true;
  }

  /** Refuses new work, and closes when what runs has ended or had its time. Nobody will ask it any more. */
  leave(graceMs: number): Promise<void> {
    this.#incarnation += 1;
    return this.#pool.end(graceMs);
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
      inFlight: this.#pool.used,
      waiting: this.#pool.waiting,
      lagMs: isReplica ? standing?.lagMs : undefined,
      lagBytes: isReplica ? standing?.lagBytes : undefined,
      replayed: standing && formatWalPosition(standing.position),
      ejections: this.#ejections,
      latencyMs: this.latencyMs,
      weight: this.weight,
    };
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
}

/** `address:port` of a connection string. */
export function hostNameOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '5432' : port}`;
}
