import type { Redis } from 'ioredis';
import type { Invalidation } from '../events.ts';
import type { RedisClient } from '../redis-client.ts';
import { openStream } from './stream.ts';

export interface SubscriberOptions {
  /** Template of the connection; the subscriber opens one of its own. */
  readonly redis: RedisClient;
  /** Numbered invalidations. */
  readonly channel: string;
  /** Messages without numbers: a lost one costs waiting, never truth. */
  readonly arrivals: string;
  readonly readSequence: (connection: Redis) => Promise<number>;
  readonly onArrival: (text: string) => void;
  readonly onInvalidation: (invalidation: Invalidation, origin: string) => void;
  /** Messages may have been missed until now. */
  readonly onGap: (reason: GapReason) => void;
  readonly onListening: (isListening: boolean) => void;
  readonly clock: () => number;
  /** Everything that was published before `heardAt` has been heard. */
  readonly onHeartbeat: (heardAt: number) => void;
  readonly onError: (operation: string, error: unknown) => void;
}

/** `rewound`: the numbers went back, so Redis itself has lost invalidations. */
export type GapReason = 'subscribed' | 'gap' | 'rewound';

const HEARTBEAT_MS = 1_000;

/**
 * Hears what other processes invalidate. Messages are numbered without holes, and a heartbeat compares the last
 * number heard with the server's over the same connection, so no loss goes unnoticed for long.
 */
export class Subscriber {
  readonly #options: SubscriberOptions;
  readonly #connection: Redis;
  readonly #heartbeat: NodeJS.Timeout;
  #isListening = false;
  #isClosed = false;
  /** The number of the last message; undefined until the first heartbeat after subscribing. */
  #sequence: number | undefined;
  /** The highest number ever heard of, over all subscriptions. */
  #highest = 0;

  constructor(options: SubscriberOptions) {
    this.#options = options;
    this.#connection = openStream(options.redis, options.channel, () => !this.#isClosed);
    this.#connection.on('ready', () => void this.#subscribe());
    this.#connection.on('close', () => this.#setListening(false));
    this.#connection.on('error', (error) => options.onError('connect', error));
    this.#connection.on('message', (channel, text) => {
      if (channel === options.arrivals) options.onArrival(text);
      else this.#onMessage(text);
    });
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  get isListening(): boolean {
    return this.#isListening;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#heartbeat);
    this.#connection.disconnect();
  }

  async #subscribe(): Promise<void> {
    try {
      await this.#connection.subscribe(this.#options.channel, this.#options.arrivals);
    } catch (error) {
      this.#fail('subscribe', error);
      return;
    }
    this.#sequence = undefined;
    this.#options.onGap('subscribed');
    this.#setListening(true);
    await this.#beat();
  }

  async #beat(): Promise<void> {
    if (!this.#isListening) return;
    const askedAt = this.#options.clock();
    const highest = this.#highest;
    try {
      const current = await this.#options.readSequence(this.#connection);
      // Replies and messages share the connection: all messages up to `current` have been heard by now, and perhaps
      // some after it, which came in with the reply.
      if (current < highest) this.#rewind(current);
      const heard = this.#sequence ?? current;
      if (heard < current) this.#options.onGap('gap');
      this.#sequence = Math.max(heard, current);
      this.#highest = Math.max(this.#highest, current);
      this.#options.onHeartbeat(askedAt);
    } catch (error) {
      this.#fail('heartbeat', error);
    }
  }

  #onMessage(text: string): void {
    const space = text.indexOf(' ');
    const sequence = Number(text.slice(0, space));
    if (this.#sequence !== undefined && sequence !== this.#sequence + 1) this.#options.onGap('gap');
    this.#sequence = sequence;
    this.#highest = Math.max(this.#highest, sequence);
    const { origin, ...invalidation } = JSON.parse(text.slice(space + 1)) as {
      origin: string;
    } & Invalidation;
    this.#options.onInvalidation(invalidation, origin);
  }

  /** A replica that lacked the last numbers has taken over. */
  #rewind(current: number): void {
    this.#sequence = current;
    this.#highest = current;
    this.#options.onGap('rewound');
  }

  /** A connection that does not answer is as good as none: begin anew. */
  #fail(operation: string, error: unknown): void {
    if (this.#isClosed) return;
    this.#options.onError(operation, error);
    this.#setListening(false);
    this.#connection.disconnect(true);
  }

  #setListening(isListening: boolean): void {
    if (this.#isListening === isListening) return;
    this.#isListening = isListening;
    this.#options.onListening(isListening);
  }
}
