import { Connection } from './connection.ts';

const IDLE_MAX = 200;

/** Connections to one server, as many as are needed: who has to wait for one would be no open load. */
export class Pool {
  readonly #port: number;
  readonly #all = new Set<Connection>();
  #idle: Connection[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  /** One that is free, or a new one. */
  take(isNew: boolean): Connection {
    while (!isNew) {
      const kept = this.#idle.pop();
      if (kept === undefined) break;
      if (kept.isOpen) return kept;
      this.#all.delete(kept);
    }
    const opened = new Connection(this.#port, (connection) => this.#keep(connection, isNew));
    this.#all.add(opened);
    return opened;
  }

  /** Hangs up. */
  drop(connection: Connection): void {
    this.#all.delete(connection);
    connection.hangUp();
  }

  close(): void {
    for (const connection of this.#all) connection.hangUp();
    this.#all.clear();
    this.#idle = [];
  }

  #keep(connection: Connection, isShort: boolean): void {
    if (isShort || this.#idle.length >= IDLE_MAX) this.drop(connection);
    else this.#idle.push(connection);
  }
}
