import type { Check } from './check.ts';
import { poolsFitPostgres } from './connections.ts';
import { imagesArePinned } from './images.ts';
import { labelsAreStandard } from './labels.ts';
import { podsAreIsolated } from './network.ts';
import { probesDiffer } from './probes.ts';
import { configurationIsRead, podsFindWhatTheyName, selectorsFindPods } from './references.ts';
import { autoscalersRule, disruptionBudgetsLetNodesDrain, updatesKeepCapacity } from './scaling.ts';
import { heapsFitMemory, podsAreRestricted, secretsAreReferences } from './security.ts';
import { podsDrain } from './shutdown.ts';
import { variablesAreKnown } from './variables.ts';

/** Every check of a release as a whole, by name. */
export const allChecks: Readonly<Record<string, Check>> = {
  autoscalersRule,
  configurationIsRead,
  disruptionBudgetsLetNodesDrain,
  heapsFitMemory,
  imagesArePinned,
  labelsAreStandard,
  podsAreIsolated,
  podsAreRestricted,
  podsDrain,
  podsFindWhatTheyName,
  poolsFitPostgres,
  probesDiffer,
  secretsAreReferences,
  selectorsFindPods,
  updatesKeepCapacity,
  variablesAreKnown,
};
