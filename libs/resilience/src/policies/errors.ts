export type ResilienceCode =
  | 'resilience.circuit_open'
  | 'resilience.timed_out'
  | 'resilience.bulkhead_full'
  | 'resilience.throttled'
  | 'resilience.refused';

/** A call that a policy refused or gave up; `policy` is its name in the table. */
abstract class ResilienceError extends Error {
  abstract readonly code: ResilienceCode;
  readonly policy: string;
  /** When trying again may help, if that is known. */
  readonly retryAfterMs: number | undefined;

  constructor(policy: string, message: string, retryAfterMs?: number) {
    super(`${policy}: ${message}`);
    this.policy = policy;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The breaker is open, or half-open with all its probes taken: nothing was sent. */
export class CircuitOpenError extends ResilienceError {
  override readonly name = 'CircuitOpenError';
  readonly code = 'resilience.circuit_open';
}

/** One attempt outlasted `timeoutMs`; its signal is aborted and its late result is ignored. */
export class TimedOutError extends ResilienceError {
  override readonly name = 'TimedOutError';
  readonly code = 'resilience.timed_out';
}

/** All slots and all queue places of the bulkhead are taken: nothing was sent. */
export class BulkheadFullError extends ResilienceError {
  override readonly name = 'BulkheadFullError';
  readonly code = 'resilience.bulkhead_full';
}

/** The dependency refused so many calls lately that this one was held back: nothing was sent. */
export class ThrottledError extends ResilienceError {
  override readonly name = 'ThrottledError';
  readonly code = 'resilience.throttled';
}

/** To be thrown by the work when the dependency itself refused, and did nothing: it is overloaded, not broken. */
export class RefusedError extends ResilienceError {
  override readonly name = 'RefusedError';
  readonly code = 'resilience.refused';
}

// By code, not by class: an error stays recognisable across packages and duplicate installs.
function hasCode(error: unknown, code: ResilienceCode): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Was the call refused because its circuit is open? */
export function isCircuitOpen(error: unknown): error is CircuitOpenError {
  return hasCode(error, 'resilience.circuit_open');
}

/** Did the call outlast the time-out of its policy? */
export function isTimedOut(error: unknown): error is TimedOutError {
  return hasCode(error, 'resilience.timed_out');
}

/** Was the call refused because too many are running and waiting already? */
export function isBulkheadFull(error: unknown): error is BulkheadFullError {
  return hasCode(error, 'resilience.bulkhead_full');
}

/** Was the call held back because the dependency refuses so much? */
export function isThrottled(error: unknown): error is ThrottledError {
  return hasCode(error, 'resilience.throttled');
}

/** Did the dependency itself refuse the call, and did nothing? */
export function isRefused(error: unknown): error is RefusedError {
  return hasCode(error, 'resilience.refused');
}
