import { waitFor } from '../wait-for.ts';
import { PostgresHost } from './postgres-host.ts';

/** A hot standby that streams from the primary. */
export class PostgresReplica extends PostgresHost {
  /** Lets commits be replayed only this long after they happened; 0 ends the delay. */
  async setReplayDelay(delayMs: number): Promise<void> {
    await this.query(`alter system set recovery_min_apply_delay = '${Math.trunc(delayMs)}ms'`);
    await this.query('select pg_reload_conf()');
    await waitFor(
      async () => {
        const [row] = await this.query<{ delay: string }>(
          `select setting as delay from pg_settings where name = 'recovery_min_apply_delay'`,
        );
        return Number(row?.delay) === Math.trunc(delayMs);
      },
      { what: `the replay delay of ${this.name}` },
    );
  }

  /** Makes it a primary; resolves when it accepts writes. */
  async promote(): Promise<void> {
    const [row] = await this.query<{ done: boolean }>('select pg_promote(true, 30) as done');
    if (!row?.done) throw new Error(`${this.name} could not be promoted within 30 s`);
  }

  /** Waits until it has replayed everything that the given host has written so far. */
  async catchUpWith(primary: PostgresHost, timeoutMs = 10_000): Promise<void> {
    const [position] = await primary.query<{ lsn: string }>('select pg_current_wal_flush_lsn() as lsn');
    if (!position) throw new Error(`${primary.name} has no WAL position`);
    await waitFor(
      async () => {
        const [row] = await this.query<{ done: boolean }>(
          `select pg_last_wal_replay_lsn() >= '${position.lsn}'::pg_lsn as done`,
        );
        return row?.done ?? false;
      },
      { timeoutMs, what: `${this.name} replaying up to ${position.lsn}` },
    );
  }
}
