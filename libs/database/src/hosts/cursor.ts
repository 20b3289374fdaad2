import type { PostgresCursor } from 'kysely';
import pg from 'pg';

type Connection = pg.Connection & {
  execute(config: { portal: string; rows: number }): void;
  close(config: { type: 'P'; name: string }): void;
};

type Waiter<Row> = { readonly resolve: (rows: Row[]) => void; readonly reject: (error: Error) => void };

/** What a query of `pg` has and its types do not tell. */
type QueryInside<Row> = {
  _result: { rows: Row[] };
  _canceledDueToError: Error | false;
  submit(connection: Connection): Error | null;
  handleCommandComplete(message: unknown, connection: Connection): void;
};
const Query = pg.Query as unknown as new <Row>(config: {
  text: string;
  values: unknown[];
  rows: number;
}) => QueryInside<Row>;

/**
 * Reads a statement's rows in portions, for Kysely's `stream()`. A query of `pg` with a row limit fetches portion after
 * portion by itself; this one waits until it is asked.
 */
export class Cursor<Row> extends Query<Row> implements PostgresCursor<Row> {
  #connection: Connection | undefined;
  #reader: Waiter<Row> | undefined;
  #portion = 0;
  #isDone = false;
  #error: Error | undefined;
  readonly #closed = Promise.withResolvers<undefined>();

  constructor(text: string, values: unknown[]) {
    // Any row limit makes `pg` use a portal; the real one comes with each read.
    super({ text, values, rows: 1 });
  }

  /** The next rows; none after the last. */
  read(portion: number): Promise<Row[]> {
    if (this.#error) return Promise.reject(this.#error);
    if (this.#isDone) return Promise.resolve([]);
    const { promise, resolve, reject } = Promise.withResolvers<Row[]>();
    this.#reader = { resolve, reject };
    this.#portion = portion;
    this.#fetch();
    return promise;
  }

  /** Gives up the rows that were not read and frees the connection. */
  async close(): Promise<void> {
    if (this.#isDone || !this.#connection) return;
    this.#connection.close({ type: 'P', name: '' });
    this.#connection.sync();
    await this.#closed.promise;
  }

  override submit(connection: Connection): Error | null {
    this.#connection = connection;
    return super.submit(connection);
  }

  /** Called by `pg` after parse, bind and describe. */
  _getRows(): void {
    this.#fetch();
  }

  handlePortalSuspended(): void {
    this.#deliver();
  }

  handleReadyForQuery(): void {
    this.#isDone = true;
    if (this._canceledDueToError) this.#fail(this._canceledDueToError);
    else this.#deliver();
    this.#closed.resolve(undefined);
  }

  handleError(error: Error, connection: Connection): void {
    this.#isDone = true;
    this.#fail(error);
    this.#closed.resolve(undefined);
    // After an error the server skips everything up to the next sync.
    if (connection.stream.writable) connection.sync();
  }

  #fetch(): void {
    if (!this.#connection || !this.#reader) return;
    this.#connection.execute({ portal: '', rows: this.#portion });
    this.#connection.flush();
  }

  #deliver(): void {
    this.#reader?.resolve(this._result.rows.splice(0));
    this.#reader = undefined;
  }

  #fail(error: Error): void {
    this.#error = error;
    this.#reader?.reject(error);
    this.#reader = undefined;
  }
}
