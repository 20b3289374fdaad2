import type { Family, FamilyHead } from './family.ts';
import type { SeriesPush } from './series-sender.ts';

interface Pushed {
  readonly labels: string;
  readonly values: Float64Array;
}

/** The series of another process, put together from what it pushed. */
export class PushedSeries {
  readonly #families: { readonly head: FamilyHead; readonly series: Map<number, Pushed> }[] = [];
  readonly #familyOf = new Map<number, Map<number, Pushed>>();

  take({ heads, added, changed, gone }: SeriesPush): void {
    for (const head of heads) this.#families.push({ head, series: new Map() });
    const labelsOf = new Map(added.map(([series, , labels]) => [series, labels]));
    for (const [series, number] of added) {
      const family = this.#families[number];
      if (family !== undefined) this.#familyOf.set(series, family.series);
    }
    for (const [series, ...values] of changed) {
      const family = this.#familyOf.get(series);
      const labels = family?.get(series)?.labels ?? labelsOf.get(series);
      if (labels === undefined) continue;
      family?.set(series, { labels, values: Float64Array.from(values, (value) => value ?? NaN) });
    }
    for (const series of gone) {
      this.#familyOf.get(series)?.delete(series);
      this.#familyOf.delete(series);
    }
  }

  families(): Family[] {
    return this.#families.map(({ head, series }) => ({ ...head, samples: [...series.values()] }));
  }
}
