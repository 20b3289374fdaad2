import { tracingChannel } from 'node:diagnostics_channel';
import { createPolicies, isTimedOut } from '@ganitagya/resilience';
import type { Policies } from '@ganitagya/resilience';
import type { LoadMany } from './cache.ts';
import type { CacheEvents } from './events.ts';
import type { CacheSettings } from './options.ts';
import type { Counters } from './stats.ts';

export interface Loaded<V> {
  readonly values: ReadonlyMap<string, V>;
  readonly loadMs: number;
}

export interface LoaderOptions {
  readonly settings: CacheSettings;
  readonly counters: Counters;
  readonly events: CacheEvents;
}

/** Every load, from start to end, with its namespace and keys: `tracing:ganitagya.cache.load:start` and so on. */
const channel = tracingChannel<string, { namespace: string; keys: readonly string[] }>(
  'ganitagya.cache.load',
);

/** Runs loads: bounded in time, counted, told of. What comes after the time-out is not lost. */
export class Loader {
  readonly #options: LoaderOptions;
  readonly #policies: Policies<'load'>;

  constructor(options: LoaderOptions) {
    this.#options = options;
    this.#policies = createPolicies({ load: { timeoutMs: options.settings.loadTimeoutMs } });
  }

  /** `onLate` is called once after a time-out: with what came after all, or with undefined when nothing did. */
  async load<V>(
    keys: readonly string[],
    loadMany: LoadMany<V>,
    onLate: (loaded: Loaded<V> | undefined) => void,
  ): Promise<Loaded<V>> {
    const { settings, counters, events } = this.#options;
    counters.loads++;
    const startedAt = settings.clock();
    let work: Promise<Loaded<V>> | undefined;
    try {
      return await this.#policies.execute('load', (context) => {
        const values = channel.tracePromise(async () => loadMany(keys, context), {
          namespace: settings.namespace,
          keys,
        });
        work = values.then((all) => ({ values: all, loadMs: settings.clock() - startedAt }));
        return work;
      });
    } catch (error) {
      counters.loadErrors++;
      events.emit('loadError', { keys, error });
      if (isTimedOut(error) && work) this.#awaitLate(work, onLate);
      throw error;
    }
  }

  /** Gives a late load as much time again. */
  #awaitLate<V>(work: Promise<Loaded<V>>, onLate: (loaded: Loaded<V> | undefined) => void): void {
    let isOver = false;
    const end = (loaded: Loaded<V> | undefined) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      if (loaded) this.#options.counters.lateLoads++;
      onLate(loaded);
    };
    const timer = setTimeout(() => end(undefined), this.#options.settings.loadTimeoutMs);
    timer.unref();
    // Its failure was told of when it timed out.
    work.then(end, () => end(undefined));
  }
}
