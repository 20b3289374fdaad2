export interface RemoteEntry {
  readonly bytes: Buffer;
  readonly tags: readonly string[];
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

export type ReadReply = readonly [sequence: Buffer, ...fields: (Buffer | number | null)[]];

const FIELDS = 5;
const LEASES: readonly Lease[] = [{ state: 'unwanted' }, { state: 'mine' }, { state: 'theirs' }];

/** Understands the reply of the READ script. */
export function parseRead([sequence, ...fields]: ReadReply): RemoteRead {
  const entries: (RemoteEntry | undefined)[] = [];
  const leases: Lease[] = [];
  for (let start = 0; start < fields.length; start += FIELDS) {
    const [bytes, tags, leftMs, meta, lease] = fields.slice(start, start + FIELDS) as [
      Buffer | null,
      Buffer | null,
      number,
      Buffer | null,
      number,
    ];
    entries.push(bytes === null ? undefined : parseEntry(bytes, tags, leftMs, meta));
    leases.push(LEASES[lease] ?? { state: 'failing', retryMs: -lease });
  }
  return { sequence: Number(sequence.toString()), entries, leases };
}

function parseEntry(bytes: Buffer, tags: Buffer | null, leftMs: number, meta: Buffer | null): RemoteEntry {
  const [staleMs = 0, loadMs = 0] = meta?.toString().split(' ').map(Number) ?? [];
  return {
    bytes,
    tags: tags === null ? [] : (JSON.parse(tags.toString()) as string[]),
    freshMs: leftMs - staleMs,
    staleMs,
    loadMs,
  };
}
