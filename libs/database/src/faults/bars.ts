import type { Figures } from './figures.ts';

/** What a busy machine may add to an answer. */
export const MACHINE_MS = 250;

/** One thing that must hold. */
export type Bar = { readonly what: string; readonly isMet: boolean; readonly seen: string };

/** At most this much of something; undefined is too much. */
export function atMost(what: string, seen: number | undefined, limit: number): Bar {
  return { what: `${what} ≤ ${limit}`, isMet: seen !== undefined && seen <= limit, seen: format(seen) };
}

/** At least this much of something. */
export function atLeast(what: string, seen: number, limit: number): Bar {
  return { what: `${what} ≥ ${limit}`, isMet: seen >= limit, seen: format(seen) };
}

/** What every fault must leave intact. */
export function alwaysBars({ clipped, untyped, lost, doubled, leftBehind, writes }: Figures): Bar[] {
  return [
    atMost('requests that the load could not send', clipped, 0),
    atMost('failures without a type', untyped.length, 0),
    atLeast('acknowledged writes', writes.count - writes.failed, 1),
    atMost('acknowledged writes lost', lost, 0),
    atMost('writes done twice', doubled, 0),
    atMost('connections or callers left behind', leftBehind, 0),
  ];
}

/** Nobody is to notice more than a delay. */
export function nothingFails({ reads, writes, slow }: Figures): Bar[] {
  return [
    atMost('failed reads', reads.failed, 0),
    atMost('failed slow reads', slow.failed, 0),
    atMost('failed writes', writes.failed, 0),
  ];
}

function format(seen: number | undefined): string {
  if (seen === undefined) return 'never';
  return Number.isInteger(seen) ? String(seen) : seen.toFixed(2);
}
