import { connect } from 'node:net';

import pg from 'pg';

const CANCEL_TIMEOUT_MS = 1_000;
const CANCEL_REQUEST = 80_877_102;

type ParameterStatus = { readonly parameterName: string; readonly parameterValue: string };
type BackendKey = { readonly processID: number | null; readonly secretKey: number | null };

/** A connection that knows what its server is: Postgres (14 and later) tells it by itself, at the start and on a change. */
export class HostClient extends pg.Client {
  /** Whether the server replays another one's log; undefined when it does not tell. */
  isStandby: boolean | undefined;
  /** Whether the server, not the statement, makes transactions read-only. */
  isReadOnly = false;
  /** Closed by us, so that its error is no news. */
  isGivenUp = false;
  /** Settles when it is closed, however that came. */
  readonly ended: Promise<void>;

  readonly #config: pg.ClientConfig;

  constructor(config: pg.ClientConfig) {
    super(config);
    this.#config = config;
    this.ended = new Promise((resolve) => this.once('end', resolve));
    this.connection.on('parameterStatus', ({ parameterName, parameterValue }: ParameterStatus) => {
      if (parameterName === 'in_hot_standby') this.isStandby = parameterValue === 'on';
      if (parameterName === 'default_transaction_read_only') this.isReadOnly = parameterValue === 'on';
    });
  }

  /** Closes the connection where it stands: what runs on it fails now instead of waiting. */
  giveUp(): void {
    this.isGivenUp = true;
    this.connection.stream.destroy();
  }

  /** Has the server end this session, by a statement on a connection made for it. */
  async terminateBackend(): Promise<void> {
    const { processID } = this as unknown as BackendKey;
    const control = new pg.Client({ ...this.#config, connectionTimeoutMillis: CANCEL_TIMEOUT_MS });
    control.on('error', () => undefined);
    try {
      await control.connect();
      await control.query('select pg_terminate_backend($1)', [processID]);
    } finally {
      await control.end();
    }
  }

  /**
   * Asks the server to end the statement that runs. Resolves when the server has been told, or cannot be within a second;
   * never rejects, because the statement has its timeout besides.
   */
  cancelStatement(): Promise<void> {
    const { processID, secretKey } = this as unknown as BackendKey;
    if (processID === null || secretKey === null) return Promise.resolve();
    const request = Buffer.alloc(16);
    request.writeInt32BE(16, 0);
    request.writeInt32BE(CANCEL_REQUEST, 4);
    request.writeInt32BE(processID, 8);
    request.writeInt32BE(secretKey, 12);
    return new Promise((resolve) => {
      const socket = connect({ host: this.host, port: this.port });
      socket.setTimeout(CANCEL_TIMEOUT_MS, () => socket.destroy());
      socket.on('error', () => socket.destroy());
      // The server closes it when it has signalled the backend.
      socket.on('close', () => resolve());
      socket.end(request);
      socket.resume();
    });
  }
}
