import pg from 'pg';

import type { DatabaseEvents } from '../events.ts';
import { parseWalPosition } from '../wal-position.ts';
import { startDeadline } from './deadline.ts';
import type { Host, Observation } from './host.ts';

/** How often hosts are asked, how long an answer may take, and how long an ejected one is left alone at first. */
export type HealthOptions = {
  readonly probeIntervalMs: number;
  readonly probeTimeoutMs: number;
  readonly ejectionMs: number;
  readonly applicationName: string;
  readonly events: DatabaseEvents;
};

const EJECTION_MS_MAX = 30_000;
const JITTER = 0.1;

// A standby that has replayed all it received shows the present, however long ago the last commit was.
const PROBE = `
  select pg_is_in_recovery() as "isStandby",
         case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end as "position",
         case when not pg_is_in_recovery() then null
              when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
              else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000
         end::float8 as "lagMs"`;

type ProbeRow = {
  readonly isStandby: boolean;
  readonly position: string | null;
  readonly lagMs: number | null;
};

/** Watches one host over a connection of its own, ejects it at the first failure and brings it back after a good probe. */
export class HostMonitor {
  readonly #host: Host;
  readonly #options: HealthOptions;
  #client: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #pauseMs = 0;
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

  /** A connection that others use broke: a replica is ejected at once, the primary is asked. */
  onConnectionFailure(error: unknown): void {
    if (this.#isStopped || this.#host.state === 'ejected') return;
    if (this.#host.role === 'replica') this.#eject(error);
    else void this.probe();
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
      const observation = await this.#observe();
      this.#pauseMs = 0;
      if (this.#host.markUp(observation)) {
        this.#options.events.emit('host', { name: this.#host.name, state: 'up', reason: 'answers' });
      }
    } catch (error) {
      this.#eject(late ?? error);
    } finally {
      finish();
    }
  }

  async #observe(): Promise<Observation> {
    const client = this.#client ?? (await this.#connect());
    const { rows } = await client.query<ProbeRow>(PROBE);
    const [row] = rows;
    if (!row) throw new Error('a probe without an answer');
    if (row.isStandby !== (this.#host.role === 'replica')) {
      throw new Error(row.isStandby ? 'is a standby, not the primary' : 'is not a standby any more');
    }
    if (row.position === null) throw new Error('has not replayed anything yet');
    return { position: parseWalPosition(row.position), lagMs: row.lagMs ?? undefined };
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
    this.#pauseMs = wasUp
      ? this.#options.ejectionMs
      : Math.min(Math.max(this.#pauseMs * 2, this.#options.ejectionMs), EJECTION_MS_MAX);
    if (wasUp) this.#options.events.emit('host', { name: this.#host.name, state: 'ejected', reason });
    this.#schedule();
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
