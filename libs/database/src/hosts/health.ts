import { startDeadline } from '@ganitagya/resilience';
import pg from 'pg';

import type { DatabaseEvents } from '../events.ts';
import { parseWalPosition, type WalPosition } from '../wal-position.ts';
import type { HostState } from './host-status.ts';
import type { Standing } from './host-types.ts';
import type { Host } from './host.ts';

/** How often hosts are asked, how long an answer may take, and how long an ejected one is left alone at first. */
export type HealthOptions = {
  readonly probeIntervalMs: number;
  readonly probeTimeoutMs: number;
  readonly ejectionMs: number;
  /** An ejected primary loses its connections after this long without an answer. */
  readonly statementTimeoutMs: number;
  readonly applicationName: string;
  readonly events: DatabaseEvents;
  /** What an answer means for the host, in view of the others; throws when the host cannot be used. */
  readonly judge: (host: Host, observation: Observation) => Standing;
};

/** What a host says of itself. */
export type Observation = {
  readonly isStandby: boolean;
  /** Replayed (standby) or flushed (primary). */
  readonly position: WalPosition;
  /** Rises with every promotion; undefined on a standby. */
  readonly timeline: number | undefined;
  /** How long ago the last commit that it has replayed happened; undefined when it has replayed none. */
  readonly replayedAgoMs: number | undefined;
  /** Whether it has replayed all it has received; undefined on a primary. */
  readonly hasReplayedAll: boolean | undefined;
  /** When it was asked. */
  readonly askedAtMs: number;
};

const EJECTION_MS_MAX = 30_000;
const JITTER = 0.1;

const PROBE = `
  with host as materialized (
    select pg_is_in_recovery() as "isStandby",
           case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end as "position")
  select "isStandby", "position",
         case when not "isStandby" then substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) end as "timeline",
         case when "isStandby"
              then extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000
         end::float8 as "replayedAgoMs",
         case when "isStandby" then pg_last_wal_receive_lsn() <= "position" end as "hasReplayedAll"
    from host`;

type ProbeRow = {
  readonly isStandby: boolean;
  readonly position: string | null;
  readonly timeline: string | null;
  readonly replayedAgoMs: number | null;
  readonly hasReplayedAll: boolean | null;
};

/** Watches one host over a connection of its own, ejects it at the first failure and brings it back after a good probe. */
export class HostMonitor {
  readonly #host: Host;
  readonly #options: HealthOptions;
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #pauseMs = 0;
  #answeredAtMs = performance.now();
  #isStopped = false;

  constructor(host: Host, options: HealthOptions) {
    this.#host = host;
    this.#options = options;
  }

  start(): void {
    void this.probe();
  }

  /** Asks now (or joins the question under way). Never rejects: the answer is the host's state. */
  probe(): Promise<void> {
    this.#running ??= this.#probeOnce().finally(() => {
      this.#running = undefined;
      this.#schedule();
    });
    return this.#running;
  }

  /** A connection that others use broke: a replica is ejected at once, a primary only when it does not answer. */
  onConnectionFailure(error: unknown): void {
    if (this.#isStopped) return;
    if (this.#host.role === 'replica' && this.#host.state !== 'ejected') this.#eject(error);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#drop();
    await this.#running;
  }

  async #probeOnce(): Promise<void> {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    let late: Error | undefined;
    const { probeTimeoutMs } = this.#options;
    const finish = startDeadline(probeTimeoutMs, () => {
      late = new Error(`no answer within ${probeTimeoutMs} ms`);
      this.#drop();
    });
    try {
      const standing = this.#options.judge(this.#host, await this.#observe());
      this.#pauseMs = 0;
      this.#answeredAtMs = performance.now();
      if (this.#host.markUp(standing)) this.#tell(standing.state, standing.reason);
    } catch (error) {
      this.#eject(late ?? error);
    } finally {
      finish();
    }
  }

  async #observe(): Promise<Observation> {
    const client = this.#client ?? (await this.#connect());
    const askedAtMs = performance.now();
    const { rows } = await client.query<ProbeRow>(PROBE);
    const [row] = rows;
    if (!row) throw new Error('a probe without an answer');
    if (row.position === null) throw new Error('has not replayed anything yet');
    return {
      isStandby: row.isStandby,
      position: parseWalPosition(row.position),
      timeline: row.timeline === null ? undefined : Number.parseInt(row.timeline, 16),
      replayedAgoMs: row.replayedAgoMs ?? undefined,
      hasReplayedAll: row.hasReplayedAll ?? undefined,
      askedAtMs,
    };
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#host.connectionString,
      application_name: `${this.#options.applicationName} probe`,
    });
    this.#client = client;
    client.on('error', (error) => {
      if (this.#client === client) this.#eject(error);
    });
    await client.connect();
    return client;
  }

  #eject(error: unknown): void {
    if (this.#isStopped) return;
    const reason = reasonOf(error);
    this.#drop();
    const wasUp = this.#host.eject(reason);
    // What runs on a frozen primary waits for it, because it may only be slow, but not for ever.
    if (performance.now() - this.#answeredAtMs > this.#options.statementTimeoutMs) this.#host.disconnect();
    this.#pauseMs = wasUp
      ? this.#options.ejectionMs
      : Math.min(Math.max(this.#pauseMs * 2, this.#options.ejectionMs), EJECTION_MS_MAX);
    if (wasUp) this.#tell('ejected', reason);
    this.#schedule();
  }

  #tell(state: HostState, reason: string): void {
    this.#options.events.emit('host', { name: this.#host.name, state, reason });
  }

  /** Closes the probe's connection without waiting for a host that may be frozen. */
  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.connection.stream.destroy();
  }

  #schedule(): void {
    if (this.#isStopped || this.#running) return;
    clearTimeout(this.#timer);
    // Writes must resume soon after the primary does, so it is never left alone for longer than the first pause.
    const pauseMs =
      this.#host.role === 'primary' ? Math.min(this.#pauseMs, this.#options.ejectionMs) : this.#pauseMs;
    const delayMs = Math.max(pauseMs, this.#options.probeIntervalMs) * (1 + JITTER * (2 * Math.random() - 1));
    this.#timer = setTimeout(() => void this.probe(), delayMs);
    this.#timer.unref();
  }
}

/** A refused connection to several addresses has a code but no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message !== '' ? error.message : ((error as NodeJS.ErrnoException).code ?? error.name);
}
