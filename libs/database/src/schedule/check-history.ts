import type { History, Look, Read, Write } from './history.ts';

/** A promise that a history breaks. */
export type Violation = {
  readonly rule: 'own writes' | 'monotonic reads' | 'phantom' | 'repeated' | 'lost' | 'too old';
  readonly user: string;
  readonly message: string;
};

/** Why a number must be in a register: it has been read, or not yet and its write was acknowledged. */
type Known = Map<number, 'written' | 'read'>;

/**
 * Every promise that a history breaks. Operations that overlap may have taken place in any order; `ageMsMax` is how old
 * what a replica shows may be.
 */
export function checkHistory({ operations, kept }: History, ageMsMax: number): Violation[] {
  const violations: Violation[] = [];
  const users = Map.groupBy(operations, ({ user }) => user);
  const keptOf = Map.groupBy(kept, ({ user }) => user);
  for (const user of new Set([...users.keys(), ...keptOf.keys()])) {
    const all = users.get(user) ?? [];
    const writes = all.filter((operation) => operation.kind === 'write');
    const reads = all.filter((operation) => operation.kind === 'read');
    const looks = all.filter((operation) => operation.kind === 'look');
    const values = (keptOf.get(user) ?? []).map(({ value }) => value);
    violations.push(
      ...checkReads(user, writes, reads),
      ...checkKept(user, writes, reads, values),
      ...checkAge(user, writes, looks, ageMsMax),
    );
  }
  return violations;
}

function checkReads(user: string, writes: readonly Write[], reads: readonly Read[]): Violation[] {
  const violations: Violation[] = [];
  const known: Known = new Map();
  const begun = new Set<number>();
  const beginning = writes.filter(({ outcome }) => outcome !== 'not run').sort(byStart);
  const ending = [...writes, ...reads].sort((one, other) => one.endMs - other.endMs);
  let [begunCount, endedCount] = [0, 0];
  for (const read of [...reads].sort(byStart)) {
    for (; (ending[endedCount]?.endMs ?? Infinity) <= read.startMs; endedCount += 1) {
      learn(known, ending[endedCount]);
    }
    for (; (beginning[begunCount]?.startMs ?? Infinity) <= read.endMs; begunCount += 1) {
      begun.add(beginning[begunCount]?.value ?? 0);
    }
    const shown = new Set(read.values);
    const say = (rule: Violation['rule'], value: number, what: string) =>
      violations.push({ rule, user, message: `${describeRead(read)} ${what} ${value}` });
    for (const [value, reason] of known) {
      if (shown.has(value)) continue;
      if (reason === 'written') say('own writes', value, 'does not show the acknowledged');
      else say('monotonic reads', value, 'does not show the formerly read');
    }
    for (const value of shown) if (!begun.has(value)) say('phantom', value, 'shows the never written');
    if (shown.size < read.values.length) say('repeated', read.values.length - shown.size, 'shows twice:');
  }
  return violations;
}

function checkKept(
  user: string,
  writes: readonly Write[],
  reads: readonly Read[],
  kept: readonly number[],
): Violation[] {
  const known: Known = new Map();
  for (const operation of [...writes, ...reads]) learn(known, operation);
  const left = new Set(kept);
  const possible = new Set(writes.flatMap(({ value, outcome }) => (outcome === 'not run' ? [] : [value])));
  const lost = [...known].filter(([value]) => !left.has(value));
  const phantoms = [...left].filter((value) => !possible.has(value));
  const violations: Violation[] = [
    ...lost.map(([value, reason]) => ({
      rule: 'lost' as const,
      user,
      message: `${value}, which was ${reason}`,
    })),
    ...phantoms.map((value) => ({ rule: 'phantom' as const, user, message: `${value} was kept` })),
  ];
  if (left.size < kept.length) {
    violations.push({ rule: 'repeated', user, message: `${kept.length - left.size} were kept twice` });
  }
  return violations;
}

/**
 * A look must show what was acknowledged `ageMsMax` before it, in the time in which anything was: while nobody takes
 * writes, nothing ages.
 */
function checkAge(
  user: string,
  writes: readonly Write[],
  looks: readonly Look[],
  ageMsMax: number,
): Violation[] {
  const done = writes
    .filter(({ outcome }) => outcome === 'done')
    .sort((one, other) => one.endMs - other.endMs);
  return looks.flatMap((look) => {
    if (!look.isByReplica) return [];
    const before = done.filter(({ endMs }) => endMs <= look.startMs);
    const nowMs = before.at(-1)?.endMs ?? 0;
    const due = before.filter(({ endMs }) => endMs <= nowMs - ageMsMax);
    const least = due.reduce((highest, { value }) => Math.max(highest, value), 0);
    if (look.value >= least) return [];
    const missed = before.find(({ value }) => value > look.value);
    const ageMs = nowMs - (missed?.endMs ?? nowMs);
    return [
      {
        rule: 'too old' as const,
        user,
        message: `at ${look.startMs.toFixed(0)} ${look.host} showed ${look.value}, ${ageMs.toFixed(0)} ms old`,
      },
    ];
  });
}

function learn(known: Known, operation: Write | Read | undefined): void {
  if (operation?.kind === 'write' && operation.outcome === 'done' && !known.has(operation.value)) {
    known.set(operation.value, 'written');
  }
  if (operation?.kind !== 'read') return;
  for (const value of operation.values) known.set(value, 'read');
}

function describeRead({ startMs, endMs, host }: Read): string {
  return `${host} from ${startMs.toFixed(0)} to ${endMs.toFixed(0)}`;
}

function byStart(one: { readonly startMs: number }, other: { readonly startMs: number }): number {
  return one.startMs - other.startMs;
}
