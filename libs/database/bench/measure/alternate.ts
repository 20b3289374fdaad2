import { measureSlice, type Slice, type SliceOptions } from './slice.ts';
import { median } from '../testing/kit.ts';

/** Who is measured, by name. */
export type Contestants = ReadonlyMap<string, () => Promise<unknown>>;

/** The slices of all contestants, by name; those of one index were measured one after the other. */
export type Slices = ReadonlyMap<string, readonly Slice[]>;

/** Measures all in turns, because a machine is never twice the same. A first round warms up and is not counted. */
export async function alternate(
  contestants: Contestants,
  { rounds, ...options }: SliceOptions & { readonly rounds: number },
): Promise<Slices> {
  const turns = [...contestants];
  const slices = new Map(turns.map(([name]): [string, Slice[]] => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, ask] of turns) {
      const slice = await measureSlice(ask, options);
      if (round > 0) slices.get(name)?.push(slice);
    }
    // Nobody always comes first.
    turns.push(...turns.splice(0, 1));
  }
  return slices;
}

/** The median of a figure. */
export function medianOf(slices: Slices, name: string, figure: (slice: Slice) => number): number {
  return median((slices.get(name) ?? []).map(figure));
}

/** The median of the ratios between two contestants of the same rounds. */
export function ratioOf(
  slices: Slices,
  name: string,
  reference: string,
  figure: (slice: Slice) => number,
): number {
  const others = slices.get(reference) ?? [];
  return median(
    (slices.get(name) ?? []).flatMap((slice, round) => {
      const other = others[round];
      return other ? [figure(slice) / figure(other)] : [];
    }),
  );
}
