import pg from 'pg';

type Connection = pg.Connection & {
  parse(config: { text: string; name: string }): void;
  bind(config: { portal: string; statement: string; values: unknown[] }): void;
  execute(config: { portal: string; rows: number }): void;
};

/** What a query of `pg` has and its types do not tell. */
type QueryInside = {
  prepare(connection: Connection): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
};
const Query = pg.Query as unknown as new (
  config: { text: string; values: unknown[]; queryMode: 'extended' },
  callback: (error: Error | undefined, result: pg.QueryResult) => void,
) => QueryInside;

/** A statement that takes its own time limit along, in the same round trip. The limit stays, unless the statement fails. */
export class LimitedQuery extends Query {
  readonly #limitMs: number;
  #isLimited = false;

  constructor(
    limitMs: number,
    text: string,
    values: readonly unknown[],
    callback: (error: Error | undefined, result: pg.QueryResult) => void,
  ) {
    super({ text, values: [...values], queryMode: 'extended' }, callback);
    this.#limitMs = limitMs;
  }

  override prepare(connection: Connection): void {
    connection.parse({ text: `set statement_timeout = ${this.#limitMs}`, name: '' });
    connection.bind({ portal: '', statement: '', values: [] });
    connection.execute({ portal: '', rows: 0 });
    super.prepare(connection);
  }

  override handleCommandComplete(message: unknown, connection: Connection): void {
    // The first is that of the limit.
    if (this.#isLimited) super.handleCommandComplete(message, connection);
    this.#isLimited = true;
  }
}

const PLAIN = /^\s*(?:select|insert|update|delete|merge|with)\b[^;]*$/iu;

/** Whether a statement may run behind another one in a round trip: it is one alone, and none that cannot be in a block. */
export function canTakeLimitAlong(sql: string): boolean {
  return PLAIN.test(sql);
}
