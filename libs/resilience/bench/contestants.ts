import { createRequire } from 'node:module';
import * as cockatiel from 'cockatiel';
import { createPolicies, type PolicyOptions } from '../src/index.ts';

/** Somebody who runs a call under policies. */
export interface Contestant {
  readonly name: string;
  readonly run: (work: () => Promise<number>) => Promise<unknown>;
}

const TIMEOUT_MS = 5_000;
const RETRIES = 2;
const OPEN_MS = 30_000;
const FAILURES = 5;

const BREAKER: PolicyOptions = { timeoutMs: TIMEOUT_MS, retry: { attempts: RETRIES + 1 }, breaker: {} };
const EVERYTHING: PolicyOptions = { ...BREAKER, throttle: {}, bulkhead: { concurrent: 100, queue: 100 } };

/** Each with a time-out of 5 s, two retries and a breaker of five failures, unless its name says otherwise. */
export function contestants(): Contestant[] {
  return [
    { name: 'bare async function', run: (work) => work() },
    ours('ours, time-out only', { timeoutMs: TIMEOUT_MS }),
    ours('ours', BREAKER),
    ours('ours, throttle and bulkhead as well', EVERYTHING),
    cockatielOf('cockatiel 4.0.0', true),
    cockatielOf('cockatiel 4.0.0, abortOnReturn off', false),
    opossumOf('opossum 10.0.0, no retry'),
  ];
}

/** The same with an open circuit: what a refusal costs. */
export async function refusers(): Promise<Contestant[]> {
  const open = [
    ours('ours', { breaker: {} }),
    cockatielOf('cockatiel 4.0.0', true),
    opossumOf('opossum 10.0.0'),
  ];
  const fail = () => Promise.reject(new Error('down'));
  for (const { run } of open) {
    for (let i = 0; i < FAILURES * 4; i += 1) await run(fail).catch(() => undefined);
  }
  return open;
}

function ours(name: string, row: PolicyOptions): Contestant {
  const policies = createPolicies({ it: row });
  return { name, run: (work) => policies.execute('it', work) };
}

function cockatielOf(name: string, abortOnReturn: boolean): Contestant {
  const { circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleAll, retry, timeout, wrap } =
    cockatiel;
  const policy = wrap(
    retry(handleAll, {
      maxAttempts: RETRIES,
      backoff: new ExponentialBackoff({ initialDelay: 0, maxDelay: 1 }),
    }),
    circuitBreaker(handleAll, { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES) }),
    timeout(TIMEOUT_MS, { strategy: cockatiel.TimeoutStrategy.Aggressive, abortOnReturn }),
  );
  return { name, run: (work) => policy.execute(work) };
}

/** As much of opossum, which has no types, as is used here. */
type Opossum = new (
  action: (work: () => Promise<number>) => Promise<number>,
  options: object,
) => { fire(work: () => Promise<number>): Promise<number> };

function opossumOf(name: string): Contestant {
  const CircuitBreaker = createRequire(import.meta.url)('opossum') as Opossum;
  const breaker = new CircuitBreaker((work) => work(), {
    timeout: TIMEOUT_MS,
    resetTimeout: OPEN_MS,
    errorThresholdPercentage: 50,
  });
  return { name, run: (work) => breaker.fire(work) };
}
