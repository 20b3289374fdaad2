import { PostgresAdapter, PostgresQueryCompiler } from 'kysely';

import type { DatabaseEvents } from '../events.ts';
import type { Catalogue } from './catalogue.ts';
import type { Classifier } from './classifier.ts';
import type { Hedging } from './hedging.ts';
import type { Router } from './router.ts';

export const compiler = new PostgresQueryCompiler();
export const adapter = new PostgresAdapter();

/** What the executors and sessions of one database share. */
export type RoutingContext = {
  readonly router: Router;
  readonly events: DatabaseEvents;
  readonly catalogue: Catalogue;
  readonly classifier: Classifier;
  readonly hedging: Hedging;
};
