import { Breaker } from './breaker.ts';
import { Bulkhead } from './bulkhead.ts';
import { createPolicyEvents } from './events.ts';
import type { CircuitState, PolicyEvents } from './events.ts';
import { neverAborted, type Layer, type Work, type WorkContext } from './layer.ts';
import { createRetry } from './retry.ts';
import { completeRow } from './table.ts';
import type { PolicyOptions } from './table.ts';
import { Throttle } from './throttle.ts';
import { createTimeout } from './timeout.ts';

export interface ExecuteOptions<F> {
  /** Aborts the call: a wait, a pause or the running attempt ends at once, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Answers instead when everything else failed, refusals included; not when the caller aborted. */
  readonly fallback?: ((error: unknown) => Promise<F> | F) | undefined;
}

/** The policies of one app, by name. Outside in: fallback, retry, throttle, breaker, bulkhead, timeout. */
export interface Policies<Name extends string> {
  execute<T, F = never>(name: Name, work: Work<T>, options?: ExecuteOptions<F>): Promise<T | F>;
  /** The state of each circuit; a row without a breaker is always closed. */
  states(): Record<Name, CircuitState>;
  readonly events: PolicyEvents;
}

interface Policy {
  readonly breaker: Breaker | undefined;
  /** Outside in. */
  readonly layers: readonly Layer[];
}

/** Builds every policy of the table once; state (circuits, slots) is shared by all calls under a name. */
export function createPolicies<const Name extends string>(
  table: Readonly<Record<Name, PolicyOptions>>,
): Policies<Name> {
  const events = createPolicyEvents();
  const policies = new Map<string, Policy>();
  for (const [name, options] of Object.entries<PolicyOptions>(table)) {
    policies.set(name, createPolicy(name, options, events));
  }

  return {
    events,
    async execute(name, work, { signal = neverAborted, fallback } = {}) {
      const policy = policies.get(name);
      if (!policy) throw new RangeError(`there is no policy named ${name}`);
      if (!fallback) return runLayers(policy.layers, work, signal);
      try {
        return await runLayers(policy.layers, work, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        events.emit('fallback', { name, error });
        return fallback(error);
      }
    },
    states() {
      const states = [...policies].map(([name, { breaker }]) => [name, breaker?.state ?? 'closed']);
      return Object.fromEntries(states) as Record<Name, CircuitState>;
    },
  };
}

function createPolicy(name: string, options: PolicyOptions, events: PolicyEvents): Policy {
  const row = completeRow(name, options);
  const breaker = row.breaker && new Breaker(name, row.breaker, events);
  const layers = [
    row.retry && createRetry(name, row.retry, events),
    row.throttle && new Throttle(name, row.throttle, events),
    breaker,
    row.bulkhead && new Bulkhead(name, row.bulkhead, events),
    createTimeout(name, row.timeoutMs, events),
  ];
  return { breaker, layers: layers.filter((layer) => layer !== undefined) };
}

function runLayers<T>(layers: readonly Layer[], work: Work<T>, signal: AbortSignal): Promise<T> {
  const run = (depth: number, context: WorkContext): Promise<T> | T => {
    const layer = layers[depth];
    return layer ? layer.execute((inner) => run(depth + 1, inner), context.signal) : work(context);
  };
  return Promise.resolve(run(0, { signal }));
}
