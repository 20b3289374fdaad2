import type { CompiledQuery } from 'kysely';

import type { Catalogue } from './catalogue.ts';
import { classify, type Verdict } from './classify.ts';
import { BUILT_IN, type Knowledge } from './knowledge.ts';
import { declaredCount } from './read-safe.ts';

const TEXTS_MAX = 1_000;
const TEXT_LENGTH_MAX = 8_192;

/** Classifies statements by what the catalogue tells, and remembers the verdict of each text it has seen. */
export class Classifier {
  readonly #catalogue: Catalogue;
  #knowledge: Knowledge = BUILT_IN;
  #declared = 0;
  // Two selects of the same text do the same, whatever trees they come from: programs build them anew each time.
  // Two generations: what was not used during the last thousand new texts is dropped.
  #byText = new Map<string, Verdict>();
  #olderByText: ReadonlyMap<string, Verdict> = new Map();

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  /** Whether a statement is provably a read. */
  verdictOf({ query, sql }: Pick<CompiledQuery, 'query' | 'sql'>): Verdict {
    if (query.kind !== 'SelectQueryNode') return classify(query);
    this.#forgetWhatChanged();
    const known = this.#byText.get(sql);
    if (known) return known;
    const verdict = this.#olderByText.get(sql) ?? classify(query, this.#knowledge);
    if (sql.length <= TEXT_LENGTH_MAX) this.#remember(sql, verdict);
    return verdict;
  }

  #remember(sql: string, verdict: Verdict): void {
    if (this.#byText.size >= TEXTS_MAX) {
      this.#olderByText = this.#byText;
      this.#byText = new Map();
    }
    this.#byText.set(sql, verdict);
  }

  #forgetWhatChanged(): void {
    const { knowledge } = this.#catalogue;
    const declared = declaredCount();
    if (knowledge === this.#knowledge && declared === this.#declared) return;
    this.#knowledge = knowledge;
    this.#declared = declared;
    this.#byText = new Map();
    this.#olderByText = new Map();
  }
}
