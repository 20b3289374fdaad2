import { circuitBreaker, CircuitState as Circuit, handleWhenResult, isBrokenCircuitError } from 'cockatiel';
import type { CircuitBreakerPolicy, IBreaker } from 'cockatiel';
import { CircuitOpenError, isBulkheadFull } from './errors.ts';
import type { CircuitState, PolicyEvents } from './events.ts';
import type { Layer, Work } from './layer.ts';
import { SlowCalls } from './slow-calls.ts';
import type { BreakerRow } from './table.ts';

type Outcome<T> = { readonly failed: boolean } & ({ readonly value: T } | { readonly error: unknown });

const names: Record<Circuit, CircuitState> = {
  [Circuit.Closed]: 'closed',
  [Circuit.Open]: 'open',
  [Circuit.HalfOpen]: 'half-open',
  [Circuit.Isolated]: 'open',
};

/**
 * Cockatiel's breaker with what it lacks: half-open refuses surplus callers (cockatiel lets them queue without
 * bound), results that began in an earlier state are ignored, calls that never reached the dependency prove nothing, and
 * slow answers may open it. The work's outcome travels through cockatiel as a value, so that we decide what counts.
 */
export class Breaker implements Layer {
  readonly #name: string;
  readonly #options: BreakerRow;
  readonly #slow: SlowCalls | undefined;
  readonly #events: PolicyEvents;
  readonly #policy: CircuitBreakerPolicy;
  #state: CircuitState = 'closed';
  /** Counts state changes: a result is stale when it differs from when the call began. */
  #generation = 0;
  #consecutiveFailures = 0;
  #probes = 0;
  #openedAt = 0;

  constructor(name: string, options: BreakerRow, events: PolicyEvents) {
    this.#name = name;
    this.#options = options;
    this.#events = events;
    this.#slow = options.slow && new SlowCalls(options.slow);
    const trip: IBreaker = {
      state: undefined,
      success: () => undefined,
      failure: () => this.#consecutiveFailures >= options.failures || this.#slow?.areTooMany === true,
    };
    this.#policy = circuitBreaker(
      handleWhenResult((outcome) => (outcome as Outcome<unknown>).failed),
      {
        breaker: trip,
        halfOpenAfter: options.openMs,
        halfOpenSampling: { calls: options.successesToClose, threshold: 0 },
      },
    );
    this.#policy.onStateChange((circuit) => this.#enter(names[circuit]));
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Cockatiel knows as well, but tells it with an error that we would only replace. */
  get #isShut(): boolean {
    if (this.#state === 'open') return Date.now() - this.#openedAt < this.#options.openMs;
    return this.#state === 'half-open' && this.#probes >= this.#options.successesToClose;
  }

  async execute<T>(work: Work<T>, signal: AbortSignal): Promise<T> {
    if (this.#isShut) throw this.#refusal();
    let outcome: Outcome<T>;
    try {
      outcome = await this.#policy.execute(() => this.#run(work, signal));
    } catch (error) {
      throw isBrokenCircuitError(error) ? this.#refusal() : error;
    }
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  async #run<T>(work: Work<T>, signal: AbortSignal): Promise<Outcome<T>> {
    const generation = this.#generation;
    if (this.#state === 'half-open') this.#probes++;
    try {
      const startedAt = performance.now();
      const value = await work({ signal });
      if (generation !== this.#generation) return { value, failed: false };
      this.#consecutiveFailures = 0;
      return { value, failed: this.#slow?.note(performance.now() - startedAt) === true };
    } catch (error) {
      return { error, failed: generation === this.#generation && this.#isFailure(error, signal) };
    }
  }

  #isFailure(error: unknown, signal: AbortSignal): boolean {
    const isUndecided = signal.aborted || isBulkheadFull(error);
    // Only a real answer may close the circuit, so a probe that proved nothing opens it again.
    if (isUndecided) return this.#state === 'half-open';
    if (!this.#options.on(error)) {
      this.#consecutiveFailures = 0;
      return false;
    }
    this.#consecutiveFailures++;
    return true;
  }

  #enter(to: CircuitState): void {
    const from = this.#state;
    this.#state = to;
    this.#generation++;
    this.#consecutiveFailures = 0;
    this.#slow?.reset();
    this.#probes = 0;
    if (to === 'open') this.#openedAt = Date.now();
    this.#events.emit('state', { name: this.#name, from, to });
  }

  #refusal(): CircuitOpenError {
    this.#events.emit('rejected', { name: this.#name, reason: 'circuit_open' });
    if (this.#state === 'half-open')
      return new CircuitOpenError(this.#name, 'circuit is half-open and being probed');
    const retryAfterMs = Math.max(0, this.#openedAt + this.#options.openMs - Date.now());
    return new CircuitOpenError(this.#name, `circuit is open for another ${retryAfterMs} ms`, retryAfterMs);
  }
}
