import { createAdmission } from '../../src/index.ts';
import type { CreateGate } from '../gates/gate.ts';
import { gradient2 } from '../gates/gradient2.ts';
import { fixedCap, nothing, underPressure } from '../gates/rivals.ts';

/** Who is compared; ours last. */
export const FIELD: readonly { readonly name: string; readonly gate: CreateGate }[] = [
  { name: 'nothing', gate: nothing },
  { name: 'under-pressure, 50 ms, each 1 s', gate: underPressure({ sampleMs: 1_000, delayMaxMs: 50 }) },
  { name: 'under-pressure, 20 ms, each 100 ms', gate: underPressure({ sampleMs: 100, delayMaxMs: 20 }) },
  { name: 'at most 32 in flight', gate: fixedCap(32) },
  { name: 'Gradient2, at least 4', gate: gradient2 },
  { name: 'ours', gate: createAdmission },
];
