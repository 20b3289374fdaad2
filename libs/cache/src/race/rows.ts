import type { Cache } from '../index.ts';

/** One way of making a value stale. */
export interface Kind {
  readonly name: string;
  invalidate(cache: Cache, key: string, tag: string): Promise<void>;
  tags(tag: string): readonly string[] | (() => readonly string[]);
  /** Whether the one who invalidates reads, and thereby stores, the new value at once. */
  readonly isSet: boolean;
}

const ofKey = (cache: Cache, key: string) => cache.invalidate(key);
const ofTag = (cache: Cache, _key: string, tag: string) => cache.invalidateTags(['unrelated', tag]);

export const kinds: readonly Kind[] = [
  { name: 'delete', invalidate: ofKey, tags: () => [], isSet: false },
  { name: 'tag', invalidate: ofTag, tags: (tag) => [tag], isSet: false },
  { name: 'tag of the value', invalidate: ofTag, tags: (tag) => () => [tag], isSet: false },
  { name: 'clear', invalidate: (cache) => cache.clear(), tags: (tag) => [tag], isSet: false },
  { name: 'set', invalidate: ofKey, tags: () => [], isSet: true },
  { name: 'set by tag', invalidate: ofTag, tags: (tag) => () => [tag], isSet: true },
];

export const points = [
  'before the load, kept by all',
  'while the question is on its way to Redis',
  'while the answer "nothing" is on its way back',
  'while the answer, the old value, is on its way back',
  'during the load',
  'at the store, on its way to Redis',
  'at the store, its answer on the way back',
  'after the load',
] as const;

/** How far a read had come when the invalidation landed. */
export type Point = (typeof points)[number];

/** Whether the one who did not invalidate hears of it at once, or after all else is over. */
export const hearings = ['heard at once', 'heard late'] as const;
export type Hearing = (typeof hearings)[number];

/** Whether somebody waits for the load, or it refreshes what is served stale meanwhile. */
export const modes = ['foreground', 'background'] as const;
export type Mode = (typeof modes)[number];

export interface Row {
  readonly mode: Mode;
  readonly kind: Kind;
  readonly by: 'own' | 'other';
  readonly point: Point;
  readonly hearing: Hearing;
}

/** All combinations. */
export function allRows(): readonly Row[] {
  return modes.flatMap((mode) =>
    kinds.flatMap((kind) =>
      (['own', 'other'] as const).flatMap((by) =>
        points.flatMap((point) => hearings.map((hearing) => ({ mode, kind, by, point, hearing }))),
      ),
    ),
  );
}

export function nameOf({ mode, kind, by, point, hearing }: Row): string {
  return `${mode}: ${kind.name} by ${by} process, ${point}, ${hearing}`;
}
