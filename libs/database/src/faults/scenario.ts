import type { Database } from '../database.ts';
import type { DatabaseOptions } from '../options.ts';
import type { TestSchema } from '../testing/test-cluster.ts';
import type { Bar } from './bars.ts';
import type { Figures } from './figures.ts';
import type { Lab } from './lab.ts';

/** A moment that figures are counted from. */
export type Mark = 'promoted' | 'slowBegan' | 'slowEnded';

/** What a fault can lay hands on while the load runs. */
export type Stage = {
  readonly lab: Lab;
  readonly db: Database<TestSchema>;
  /** Lets the load run on for as long as the fault is to last. */
  readonly hold: () => Promise<void>;
  /** Notes that this happens now. */
  readonly mark: (mark: Mark) => void;
  /** Also asks for reads that take the server so long, from now on. */
  readonly beginSlowReads: (perSecond: number, seconds: number) => void;
  /** Asks for no more of them, and waits for the answers. */
  readonly endSlowReads: () => Promise<void>;
};

/** A fault under load, what is expected of the library meanwhile, and how that is judged. */
export type Scenario = {
  readonly name: string;
  readonly hypothesis: string;
  readonly options?: Partial<DatabaseOptions>;
  /** Brings the fault about; it lasts when this resolves. */
  readonly fault: (stage: Stage) => Promise<void>;
  /** Takes it away; resolves when the database sees a whole cluster again. */
  readonly heal: (stage: Stage) => Promise<void>;
  readonly bars: (figures: Figures) => Bar[];
};
