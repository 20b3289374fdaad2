import type { Scenario } from '../scenario.ts';
import { poolsExhausted, primaryOverrun } from './overload.ts';
import { failover, switchover } from './primary.ts';
import { recoveryConflict, replicaFrozen, replicaKilled, replicaLate, replicasKilled } from './replicas.ts';

/** Every scenario, in the order in which they can share a cluster: the last ones change who leads. */
export const SCENARIOS: readonly Scenario[] = [
  replicaKilled,
  replicaFrozen,
  replicasKilled,
  replicaLate,
  recoveryConflict,
  poolsExhausted,
  primaryOverrun,
  switchover,
  failover,
];
