import type { Family, FamilyHead } from './family.ts';

/** What changed in a process since its last push. Numbers stand for what was told before. */
export interface SeriesPush {
  readonly heads: readonly FamilyHead[];
  readonly added: readonly (readonly [series: number, family: number, labels: string])[];
  /** The values of a series; null where JSON has no number for one. */
  readonly changed: readonly (readonly [series: number, ...values: (number | null)[]])[];
  readonly gone: readonly number[];
}

interface Told {
  readonly number: number;
  readonly values: Float64Array;
  round: number;
}

/** Tells only what changed: names and labels once, values each time they are others. */
export class SeriesSender {
  readonly #families = new Map<string, { readonly number: number; readonly series: Map<string, Told> }>();
  #seriesTold = 0;
  #round = 0;

  /** What is to be told so that the other side has these families, and no others if they are all. */
  next(families: readonly Family[], areAll = true): SeriesPush {
    const heads: FamilyHead[] = [];
    const added: SeriesPush['added'][number][] = [];
    const changed: SeriesPush['changed'][number][] = [];
    this.#round += 1;
    for (const { samples, ...head } of families) {
      let family = this.#families.get(head.name);
      if (family === undefined) {
        family = { number: this.#families.size, series: new Map<string, Told>() };
        this.#families.set(head.name, family);
        heads.push(head);
      }
      for (const { labels, values } of samples) {
        let told = family.series.get(labels);
        if (told === undefined) {
          told = { number: this.#seriesTold++, values: new Float64Array(values.length), round: 0 };
          family.series.set(labels, told);
          added.push([told.number, family.number, labels]);
        }
        if (told.round === 0 || differ(told.values, values)) {
          told.values.set(values);
          changed.push([told.number, ...told.values]);
        }
        told.round = this.#round;
      }
    }
    return { heads, added, changed, gone: areAll ? this.#forgetUnseen() : [] };
  }

  #forgetUnseen(): number[] {
    const gone: number[] = [];
    for (const { series } of this.#families.values()) {
      for (const [labels, { number, round }] of series) {
        if (round === this.#round) continue;
        series.delete(labels);
        gone.push(number);
      }
    }
    return gone;
  }
}

function differ(known: Float64Array, values: ArrayLike<number>): boolean {
  for (let index = 0; index < known.length; index += 1)
    if (!Object.is(known[index], values[index])) return true;
  return false;
}
