/** Freezes all plain objects and arrays of the value; what has a class of its own cannot be frozen usefully. */
export function deepFreeze(value: unknown): void {
  const seen = new Set<object>();
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (!isPlain(next) || seen.has(next)) continue;
    seen.add(next);
    Object.freeze(next);
    for (const item of Object.values(next)) open.push(item);
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Array.isArray(value);
}
