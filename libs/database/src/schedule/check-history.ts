import type { History, Look, Read, Write } from './history.ts';

/** A promise that a history breaks. */
export type Violation = {
  readonly rule: 'own writes' | 'monotonic reads' | 'phantom' | 'repeated' | 'lost' | 'too old';
  /** Whose register it is about. */
  readonly register: string;
  readonly message: string;
};

/** Why a reader must find a number: he has read it, or he has not yet but its write was acknowledged to him. */
type Known = Map<number, 'written' | 'read'>;

/**
 * Every promise that a history breaks. Operations that overlap may have taken place in any order; `ageMsMax` is how old
 * what a replica shows may be.
 */
export function checkHistory({ operations, kept }: History, ageMsMax: number): Violation[] {
  const registers = Map.groupBy(operations, (operation) =>
    operation.kind === 'write' ? operation.user : operation.register,
  );
  const keptIn = Map.groupBy(kept, ({ user }) => user);
  return [...new Set([...registers.keys(), ...keptIn.keys()])].flatMap((register) => {
    const all = registers.get(register) ?? [];
    const writes = all.filter((operation) => operation.kind === 'write').sort(byEnd);
    const reads = all.filter((operation) => operation.kind === 'read').sort(byStart);
    const looks = all.filter((operation) => operation.kind === 'look');
    const values = (keptIn.get(register) ?? []).map(({ value }) => value);
    const found = [
      ...[...Map.groupBy(reads, ({ user }) => user)].flatMap(([reader, his]) =>
        checkReader(his, reader === register ? writes : []),
      ),
      ...reads.flatMap((read) => checkContent(read, writes)),
      ...checkKept(values, writes, reads),
      ...looks.flatMap((look) => checkAge(look, writes, ageMsMax)),
    ];
    return found.map((violation) => ({ ...violation, register }));
  });
}

type Found = Omit<Violation, 'register'>;

/** One who reads a register, and the writes in it that are his. */
function checkReader(reads: readonly Read[], own: readonly Write[]): Found[] {
  const found: Found[] = [];
  const known: Known = new Map();
  const ending = [...own, ...reads].sort(byEnd);
  let ended = 0;
  for (const read of reads) {
    for (; (ending[ended]?.endMs ?? Infinity) <= read.startMs; ended += 1) learn(known, ending[ended]);
    const shown = new Set(read.values);
    for (const [value, reason] of known) {
      if (shown.has(value)) continue;
      const rule = reason === 'written' ? 'own writes' : 'monotonic reads';
      found.push({ rule, message: `${describe(read)} does not show ${value}, which he had ${reason}` });
    }
  }
  return found;
}

/** What any reader may find. */
function checkContent(read: Read, writes: readonly Write[]): Found[] {
  const found: Found[] = [];
  const begun = new Set(valuesOf(writes.filter(({ startMs }) => startMs <= read.endMs)));
  const shown = new Set(read.values);
  for (const value of shown) {
    if (begun.has(value)) continue;
    found.push({ rule: 'phantom', message: `${describe(read)} shows ${value}, which was not written` });
  }
  if (shown.size < read.values.length) {
    found.push({ rule: 'repeated', message: `${describe(read)} shows what was written twice` });
  }
  return found;
}

/** What is left at the end: everything that was acknowledged or read, nothing twice, nothing else. */
function checkKept(kept: readonly number[], writes: readonly Write[], reads: readonly Read[]): Found[] {
  const known: Known = new Map();
  for (const operation of [...writes, ...reads]) learn(known, operation);
  const left = new Set(kept);
  const written = new Set(valuesOf(writes));
  const found: Found[] = [];
  for (const [value, reason] of known) {
    if (!left.has(value)) found.push({ rule: 'lost', message: `${value}, which was ${reason}` });
  }
  for (const value of left) {
    if (!written.has(value))
      found.push({ rule: 'phantom', message: `${value}, which was not written, is kept` });
  }
  if (left.size < kept.length)
    found.push({ rule: 'repeated', message: `${kept.length - left.size} are kept twice` });
  return found;
}

/**
 * A look must show what was acknowledged `ageMsMax` before it, in the time in which anything was: while nobody takes
 * writes, nothing ages.
 */
function checkAge(look: Look, writes: readonly Write[], ageMsMax: number): Found[] {
  if (!look.isByReplica) return [];
  const before = writes.filter(({ outcome, endMs }) => outcome === 'done' && endMs <= look.startMs);
  const nowMs = before.at(-1)?.endMs ?? 0;
  const missed = before.find(({ value }) => value > look.value);
  const ageMs = nowMs - (missed?.endMs ?? nowMs);
  if (ageMs < ageMsMax) return [];
  const message = `at ${look.startMs.toFixed(0)} ${look.host} shows ${look.value}, ${ageMs.toFixed(0)} ms old`;
  return [{ rule: 'too old', message }];
}

function learn(known: Known, operation: Write | Read | undefined): void {
  if (operation?.kind === 'write' && operation.outcome === 'done' && !known.has(operation.value)) {
    known.set(operation.value, 'written');
  }
  if (operation?.kind !== 'read') return;
  for (const value of operation.values) known.set(value, 'read');
}

function valuesOf(writes: readonly Write[]): number[] {
  return writes.flatMap(({ outcome, value }) => (outcome === 'not run' ? [] : [value]));
}

function describe({ user, host, startMs, endMs }: Read): string {
  return `${user}, on ${host} from ${startMs.toFixed(0)} to ${endMs.toFixed(0)},`;
}

function byStart(one: { readonly startMs: number }, other: { readonly startMs: number }): number {
  return one.startMs - other.startMs;
}

function byEnd(one: { readonly endMs: number }, other: { readonly endMs: number }): number {
  return one.endMs - other.endMs;
}
