import { Load } from '../load.ts';
import type { ServerProcess } from '../server-process.ts';
import { median, quantile } from '../testing/kit.ts';

/** A server and what it is asked. */
export type Contestant = { readonly server: ServerProcess; readonly requests: readonly Buffer[] };

/** What a server got done in a short time, and how much CPU that took, all its threads. */
export type Slice = { readonly perSecond: number; readonly cpuMicros: number; readonly busyShare: number };

/** The slices of all contestants, by name; those of one index were measured one after the other. */
export type Slices = ReadonlyMap<string, readonly Slice[]>;

export type ContestOptions = {
  readonly rounds: number;
  readonly sliceMs: number;
  readonly connections: number;
};

/** Until the hot code is compiled. */
const WARM_UP_MS = 2_500;

/** Measures all in turns, because a machine is never twice the same. */
export async function contest(
  contestants: Readonly<Record<string, Contestant>>,
  { rounds, sliceMs, connections }: ContestOptions,
): Promise<Slices> {
  const turns = await Promise.all(
    Object.entries(contestants).map(async ([name, { server, requests }]) => ({
      name,
      server,
      load: await Load.open(server.port, requests, connections),
      slices: [] as Slice[],
    })),
  );
  try {
    for (const { load } of turns) await load.run(WARM_UP_MS);
    for (let round = 0; round < rounds; round += 1) {
      for (const { server, load, slices } of turns) slices.push(await measure(server, load, sliceMs));
      // Nobody always comes first.
      turns.push(...turns.splice(0, 1));
    }
  } finally {
    for (const { load } of turns) load.close();
  }
  return new Map(turns.map(({ name, slices }) => [name, slices]));
}

async function measure(server: ServerProcess, load: Load, sliceMs: number): Promise<Slice> {
  const before = await server.cpuMicros();
  const { answers, seconds } = await load.run(sliceMs);
  const micros = (await server.cpuMicros()) - before;
  return { perSecond: answers / seconds, cpuMicros: micros / answers, busyShare: micros / (seconds * 1e6) };
}

/** A figure that a quarter of the slices are below: what others do on the machine only ever adds to a cost. */
export function lowQuarterOf(slices: Slices, name: string, figure: (slice: Slice) => number): number {
  return quantile((slices.get(name) ?? []).map(figure), 0.25);
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
