export interface RemoteEntry {
  readonly bytes: Buffer;
  tags: readonly string[];
  /** What is left of its fresh time; 0 or less: it is stale. */
  readonly freshMs: number;
  /** How long it may be served stale after its fresh time. */
  readonly staleMs: number;
  /** How long its load took. */
  readonly loadMs: number;
}

/** What was heard of the lease on loading a key; `failing`: a load failed, leave it alone for `retryMs`. */
export type Lease =
  | { readonly state: 'unwanted' | 'mine' | 'theirs' }
  | { readonly state: 'failing'; readonly retryMs: number };

export interface RemoteRead {
  /** The namespace's sequence number at the read: what is loaded next may be stored under it. */
  readonly sequence: number;
  /** One per key, in order. */
  readonly entries: readonly (RemoteEntry | undefined)[];
  readonly leases: readonly Lease[];
}

export type ReadReply = readonly [
  sequence: Buffer,
  now: Buffer,
  times: Buffer,
  tags: readonly (number | Buffer)[],
  leases: readonly number[],
  ...values: (Buffer | null)[],
];

/** What is told before the values. */
const HEAD = 5;
const TIMES_PER_KEY = 3;
const NO_TAGS: readonly string[] = [];
const UNWANTED: Lease = { state: 'unwanted' };
const LEASES: readonly Lease[] = [UNWANTED, { state: 'mine' }, { state: 'theirs' }];

/** Understands the reply of the READ script. */
export function parseRead(reply: ReadReply): RemoteRead {
  const [sequence, nowText, times, tagged, leased] = reply;
  const now = numberOf(nowText);
  const numbers = times.toString('latin1').split(' ');
  const entries: (RemoteEntry | undefined)[] = [];
  const leases: Lease[] = [];
  for (let index = 0; index < reply.length - HEAD; index++) {
    const bytes = reply[HEAD + index] as Buffer | null;
    const at = index * TIMES_PER_KEY;
    leases.push(UNWANTED);
    entries.push(
      bytes === null
        ? undefined
        : {
            bytes,
            tags: NO_TAGS,
            freshMs: Number(numbers[at]) - now,
            staleMs: Number(numbers[at + 1]),
            loadMs: Number(numbers[at + 2]),
          },
    );
  }
  for (let at = 0; at < leased.length; at += 2) {
    const lease = leased[at + 1] ?? 0;
    leases[leased[at] ?? 0] = LEASES[lease] ?? { state: 'failing', retryMs: -lease };
  }
  for (let at = 0; at < tagged.length; at += 2) {
    const entry = entries[tagged[at] as number];
    if (entry) entry.tags = JSON.parse((tagged[at + 1] as Buffer).toString()) as string[];
  }
  return { sequence: numberOf(sequence), entries, leases };
}

function numberOf(text: Buffer): number {
  return Number(text.toString('latin1'));
}
