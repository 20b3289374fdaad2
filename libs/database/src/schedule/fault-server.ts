import { waitFor } from '../testing/bench-parts.ts';
import type { TestCluster } from '../testing/test-cluster.ts';
import { parseWalPosition, type WalPosition } from '../wal-position.ts';

/** What the startup process of a standby waits for when it has replayed all that it holds. */
const AT_REST = `('RecoveryWalStream', 'RecoveryRetrieveRetryInterval')`;
const PATIENCE_MS = 20_000;

type StandbyRow = { readonly position: string; readonly isStreaming: boolean; readonly isAtRest: boolean };

/** One server of a cluster that faults happen to. What is in force already, or cannot be, does nothing. */
export class FaultServer {
  readonly host: TestCluster['primary'];
  readonly path: string;
  /** `lost` is a primary that was replaced after a crash: it has gone a way of its own. */
  role: 'primary' | 'standby' | 'lost';
  #isFrozen = false;
  #lagMs = 0;
  /** Restarted: how much it has received shows only when it has replayed that, or got it again. */
  #isUntold = false;

  constructor(host: TestCluster['primary'], path: string, role: FaultServer['role']) {
    this.host = host;
    this.path = path;
    this.role = role;
  }

  get isWell(): boolean {
    return this.host.isRunning && !this.#isFrozen;
  }

  async kill(): Promise<void> {
    if (!this.host.isRunning) return;
    this.#isFrozen = false;
    await this.host.kill('SIGKILL');
  }

  freeze(): void {
    if (!this.isWell) return;
    this.host.freeze();
    this.#isFrozen = true;
  }

  thaw(): void {
    this.host.thaw();
    this.#isFrozen = false;
  }

  /** Lets it go on, or starts it if it is dead. */
  async revive(): Promise<void> {
    this.thaw();
    if (this.host.isRunning) return;
    // Children of a killed server may hold its memory for a moment yet.
    await waitFor(() => this.host.start().then(() => true), {
      timeoutMs: PATIENCE_MS,
      intervalMs: 100,
      what: `the start of ${this.host.name}`,
    });
    this.#isUntold = true;
  }

  /** Lets it replay late; 0 ends that. */
  async lag(lagMs: number): Promise<void> {
    if (!this.isWell || this.#lagMs === lagMs) return;
    await this.host.query(`alter system set recovery_min_apply_delay = '${lagMs}ms'`);
    await this.host.query('select pg_reload_conf()');
    this.#lagMs = lagMs;
  }

  async promote(): Promise<void> {
    await this.host.query('select pg_promote(true, 30)');
    this.role = 'primary';
    await this.lag(0);
  }

  /** Waits until a standby streams and has received what the leader has written so far. */
  async follow(leader: FaultServer): Promise<void> {
    const [row] = await leader.host.query<{ position: string }>(
      'select pg_current_wal_flush_lsn() as position',
    );
    if (!row) throw new Error(`${leader.host.name} tells no position`);
    const wanted = parseWalPosition(row.position);
    await waitFor(
      async () => {
        const { position, isStreaming } = await this.#askStandby();
        return isStreaming && parseWalPosition(position) >= wanted;
      },
      { timeoutMs: PATIENCE_MS, what: `${this.host.name} following ${leader.host.name}` },
    );
    this.#isUntold = false;
  }

  /** How much of the log a standby holds whose leader is gone. */
  async received(): Promise<WalPosition> {
    if (this.#isUntold) await this.lag(0);
    const { position } = await waitFor(
      async () => {
        const standby = await this.#askStandby();
        return !standby.isStreaming && (standby.isAtRest || !this.#isUntold) && standby;
      },
      { timeoutMs: PATIENCE_MS, what: `${this.host.name} at rest` },
    );
    return parseWalPosition(position);
  }

  async #askStandby(): Promise<StandbyRow> {
    const [row] = await this.host.query<StandbyRow>(`
      select greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) as position,
             exists (select from pg_stat_wal_receiver where status = 'streaming') as "isStreaming",
             exists (select from pg_stat_activity where backend_type = 'startup' and wait_event in ${AT_REST})
               as "isAtRest"`);
    if (!row) throw new Error(`${this.host.name} does not say where it stands`);
    return row;
  }
}
