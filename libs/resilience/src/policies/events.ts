import { EventEmitter } from 'node:events';

export type CircuitState = 'closed' | 'open' | 'half-open';

/** What policies tell; `name` is the policy's name in the table. Listeners must not throw. */
export interface PolicyEventMap {
  state: [event: { name: string; from: CircuitState; to: CircuitState }];
  /** Before the pause; `attempt` is the number of the attempt that failed, from 1. */
  retry: [event: { name: string; attempt: number; delayMs: number; error: unknown }];
  /** An attempt was worth trying, and the retry budget did not allow it. */
  exhausted: [event: { name: string; attempt: number; error: unknown }];
  timeout: [event: { name: string; timeoutMs: number }];
  rejected: [event: { name: string; reason: 'circuit_open' | 'bulkhead_full' | 'throttled' }];
  fallback: [event: { name: string; error: unknown }];
}

export type PolicyEvents = EventEmitter<PolicyEventMap>;

export function createPolicyEvents(): PolicyEvents {
  return new EventEmitter<PolicyEventMap>();
}
