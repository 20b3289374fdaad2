import { startDeadline, TimedOutError } from '@ganitagya/resilience';
import type { CacheEvents } from '../events.ts';
import type { RedisClient } from '../redis-client.ts';
import type { Counters } from '../stats.ts';
import { Circuit, isTimeout } from './circuit.ts';
import { runScript } from './run-script.ts';
import type { Script, ScriptArgument } from './run-script.ts';

export interface GuardedScriptsOptions {
  readonly redis: RedisClient;
  readonly budgetMs: number;
  readonly events: CacheEvents;
  readonly counters: Counters;
}

/** One call of a script; `onTimeout` is called when it may still run, unheard. */
export interface ScriptCall {
  readonly operation: string;
  readonly script: Script;
  readonly names: readonly string[];
  readonly args: readonly ScriptArgument[];
  readonly onTimeout?: () => void;
}

/** Runs scripts within a time budget and behind a circuit. Never rejects: a failure is undefined, an event and a count. */
export class GuardedScripts {
  readonly #options: GuardedScriptsOptions;
  readonly #circuit: Circuit;

  constructor(options: GuardedScriptsOptions) {
    this.#options = options;
    this.#circuit = new Circuit({
      onChange: (from, to) => options.events.emit('circuit', { from, to }),
    });
  }

  async run({ operation, script, names, args, onTimeout }: ScriptCall): Promise<unknown> {
    const { redis, counters, events } = this.#options;
    if (!this.#circuit.admit()) {
      counters.remoteSkipped++;
      return undefined;
    }
    const startedAt = performance.now();
    const replying = runScript(redis, script, names, args);
    try {
      const reply = await this.#withinBudget(replying);
      this.#circuit.answered();
      return reply;
    } catch (error) {
      this.#circuit.failed(error, startedAt);
      counters.remoteErrors++;
      events.emit('tierError', { tier: 'redis', operation, error });
      if (isTimeout(error)) {
        onTimeout?.();
        replying.then(
          () => this.#circuit.answered(),
          // That it failed has been told of already.
          () => undefined,
        );
      }
      return undefined;
    }
  }

  #withinBudget(reply: Promise<unknown>): Promise<unknown> {
    const { budgetMs } = this.#options;
    const late = Promise.withResolvers<never>();
    const cancel = startDeadline(budgetMs, () => {
      late.reject(new TimedOutError('redis', `no answer within ${budgetMs} ms`));
    });
    return Promise.race([reply, late.promise]).finally(cancel);
  }
}
