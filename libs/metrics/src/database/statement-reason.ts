/** Why a statement took its route, as a label: the library's reasons name functions and relations, which are too many. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['read', 'read'],
  ['own writes', 'own_writes'],
  ['too old', 'too_old'],
  ['no replica can answer', 'no_replica_can_answer'],
  ['retry', 'retry'],
  ['no replicas', 'no_replicas'],
  ['no replica is up', 'no_replica_up'],
  ['all are ejected', 'all_ejected'],
  ['session', 'session'],
  ['raw fragment', 'raw_fragment'],
  ...['insert', 'update', 'delete', 'merge', 'raw', 'schema'].map((type) => [type, type] as const),
]);

/** The label of a reason; one of eighteen. */
export function reasonLabel(reason: string): string {
  const known = LABELS.get(reason);
  if (known !== undefined) return known;
  if (reason.startsWith('function ')) return 'function';
  if (reason.startsWith('modifier ')) return 'modifier';
  if (reason.includes(': ')) return 'relation';
  return 'other';
}
