export { backoff } from './backoff.ts';
export type { Backoff, BackoffOptions } from './backoff.ts';
export { startDeadline } from './deadline.ts';
export {
  BulkheadFullError,
  CircuitOpenError,
  RefusedError,
  ThrottledError,
  TimedOutError,
} from './policies/errors.ts';
export { isBulkheadFull, isCircuitOpen, isRefused, isThrottled, isTimedOut } from './policies/errors.ts';
export type { CircuitState, PolicyEventMap, PolicyEvents } from './policies/events.ts';
export type { Work } from './policies/layer.ts';
export { createPolicies } from './policies/policies.ts';
export type { ExecuteOptions, Policies } from './policies/policies.ts';
export { RetryBudget } from './policies/retry-budget.ts';
export type { RetryBudgetOptions } from './policies/retry-budget.ts';
export type {
  BreakerOptions,
  BulkheadOptions,
  PolicyOptions,
  RetryOptions,
  SlowOptions,
  ThrottleOptions,
} from './policies/table.ts';
export { sleep } from './sleep.ts';
export { createAdmission } from './overload/admission.ts';
export type { AdmissionOptions } from './overload/options.ts';
export type {
  Admission,
  AdmissionEventMap,
  AdmissionStats,
  Entrant,
  Outcome,
  Refusal,
  RefusalReason,
} from './overload/contract.ts';
export { PRIORITIES } from './overload/priority.ts';
export type { Priority } from './overload/priority.ts';
