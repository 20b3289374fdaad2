import pg from 'pg';
import { hostName } from './targets.ts';

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;

/** A connection to one server that can only read and never waits long. */
export class Host {
  readonly name: string;
  readonly #client: pg.Client;

  private constructor(name: string, client: pg.Client) {
    this.name = name;
    this.#client = client;
  }

  /** Throws an error that names the server. */
  static async connect(url: string): Promise<Host> {
    const name = hostName(url);
    const client = new pg.Client({
      connectionString: url,
      application_name: 'db-report',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS + 1_000,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      options: '-c default_transaction_read_only=on',
    });
    // A connection that dies between two statements fails the next one; without a listener it would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (cause) {
      throw new Error(`${name} cannot be reached: ${messageOf(cause)}`, { cause });
    }
    return new Host(name, client);
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      return (await this.#client.query<Row>(text, [...values])).rows;
    } catch (cause) {
      throw new Error(`${this.name}: ${messageOf(cause)}`, { cause });
    }
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}

/** Errors of several addresses hide their reasons inside. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
