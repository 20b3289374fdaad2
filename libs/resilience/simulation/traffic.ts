import type { Priority } from '../src/index.ts';

/** Computing on the loop, waiting for a thread of the pool, the database or the model. */
export type Step = readonly [on: 'loop' | 'threads' | 'database' | 'model', meanMs: number];

/** One kind of request. */
export interface Kind {
  readonly name: string;
  readonly priority: Priority;
  /** Its part of what arrives. */
  readonly share: number;
  readonly steps: readonly Step[];
  /** What comes after the first byte, when the slot is given back: chunks of a stream. */
  readonly stream?: { readonly chunks: number; readonly everyMs: number; readonly chunkMs: number };
  /** An answer later than this is worth nothing. */
  readonly inTimeMs: number;
}

const LESSON = {
  name: 'lesson',
  steps: [
    ['loop', 1.2],
    ['database', 4],
    ['loop', 1.3],
  ],
  inTimeMs: 200,
} as const;

/** What students do in an evening: half of it is reading, some of it costs a hundred times as much as the rest. */
export const MIXED: readonly Kind[] = [
  {
    name: 'answer',
    priority: 'critical',
    share: 0.16,
    steps: [
      ['loop', 1.4],
      ['database', 6],
      ['loop', 1],
    ],
    inTimeMs: 200,
  },
  {
    name: 'sign-in',
    priority: 'critical',
    share: 0.02,
    steps: [
      ['loop', 0.8],
      ['threads', 70],
      ['loop', 0.8],
    ],
    inTimeMs: 500,
  },
  { name: 'cached lesson', priority: 'reading', share: 0.25, steps: [['loop', 0.5]], inTimeMs: 200 },
  {
    name: 'lesson',
    priority: 'reading',
    share: 0.25,
    steps: [
      ['loop', 1.2],
      ['database', 4],
      ['loop', 1.3],
    ],
    inTimeMs: 200,
  },
  {
    name: 'search',
    priority: 'browsing',
    share: 0.25,
    steps: [
      ['loop', 1.2],
      ['database', 12],
      ['loop', 2.8],
    ],
    inTimeMs: 200,
  },
  {
    name: 'ask',
    priority: 'background',
    share: 0.07,
    steps: [
      ['loop', 1],
      ['database', 4],
      ['loop', 0.5],
      ['model', 700],
      ['loop', 0.2],
    ],
    stream: { chunks: 40, everyMs: 500, chunkMs: 0.05 },
    inTimeMs: 2_000,
  },
];

/** The same request for all, so that answers can be counted without weights. */
export const PLAIN: readonly Kind[] = [
  { ...LESSON, priority: 'critical', share: 0.18 },
  { ...LESSON, priority: 'reading', share: 0.5 },
  { ...LESSON, priority: 'browsing', share: 0.25 },
  { ...LESSON, priority: 'background', share: 0.07 },
];

/** All from memory: never waits, so hardly anything is ever in flight. */
export const CACHED: readonly Kind[] = [
  { name: 'cached lesson', priority: 'reading', share: 1, steps: [['loop', 0.15]], inTimeMs: 200 },
];

/** A class that signs in at once: more than the threads can hash. */
export const SIGN_INS: readonly Kind[] = [
  {
    name: 'sign-in',
    priority: 'critical',
    share: 0.3,
    steps: [
      ['loop', 0.8],
      ['threads', 70],
      ['loop', 0.8],
    ],
    inTimeMs: 500,
  },
  { ...LESSON, priority: 'reading', share: 0.7 },
];

/** What one request costs the loop, on average. */
export function meanCpuMs(kinds: readonly Kind[]): number {
  return kinds.reduce((sum, kind) => sum + kind.share * cpuMsOf(kind), 0);
}

export function cpuMsOf({ steps, stream }: Kind): number {
  const answering = steps.reduce((sum, [on, ms]) => sum + (on === 'loop' ? ms : 0), 0);
  return answering + (stream ? stream.chunks * stream.chunkMs : 0);
}
