import type { FastifyBaseLogger } from 'fastify';

type Entry = Parameters<FastifyBaseLogger['info']>;
type ChildArguments = Parameters<FastifyBaseLogger['child']>;

/** The log of one request, with its id. Made when something is logged, because of most requests nothing is. */
export class RequestLog implements FastifyBaseLogger {
  readonly #parent: FastifyBaseLogger;
  readonly #arguments: ChildArguments;
  /** What it names beside the request, if it is part of a trace. */
  traceId: string | undefined;
  #made: FastifyBaseLogger | undefined;

  constructor(parent: FastifyBaseLogger, ...args: ChildArguments) {
    this.#parent = parent;
    this.#arguments = args;
  }

  get level() {
    return this.#parent.level;
  }

  fatal(...entry: Entry): void {
    this.#log.fatal(...entry);
  }

  error(...entry: Entry): void {
    this.#log.error(...entry);
  }

  warn(...entry: Entry): void {
    this.#log.warn(...entry);
  }

  info(...entry: Entry): void {
    this.#log.info(...entry);
  }

  debug(...entry: Entry): void {
    this.#log.debug(...entry);
  }

  trace(...entry: Entry): void {
    this.#log.trace(...entry);
  }

  silent(...entry: Entry): void {
    this.#log.silent(...entry);
  }

  child(...args: ChildArguments): FastifyBaseLogger {
    return this.#log.child(...args);
  }

  get #log(): FastifyBaseLogger {
    return (this.#made ??= this.#make());
  }

  #make(): FastifyBaseLogger {
    const log = this.#parent.child(...this.#arguments);
    return this.traceId === undefined ? log : log.child({ traceId: this.traceId });
  }
}
