const DEPTH_MAX = 100;

/** Does JSON give the very same value back? Not with what is shared between parts of it: JSON would make copies. */
export function isJson(value: unknown): boolean {
  return isTree(value, new Set(), DEPTH_MAX);
}

function isTree(value: unknown, seen: Set<object>, depthLeft: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || seen.has(value) || depthLeft === 0) return false;
  seen.add(value);
  const names = Object.keys(value);
  const isPlain = Array.isArray(value)
    ? isDense(value, names)
    : Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return false;
  const parts = value as Record<string, unknown>;
  for (const name of names) if (!isTree(parts[name], seen, depthLeft - 1)) return false;
  return true;
}

/** Without holes and other names: indices come first, in order. */
function isDense(list: readonly unknown[], names: readonly string[]): boolean {
  const { length } = list;
  if (Object.getPrototypeOf(list) !== Array.prototype || names.length !== length) return false;
  return length === 0 || names[length - 1] === String(length - 1);
}
