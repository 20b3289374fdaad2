/** Of a 64-bit V8: what an object, a string, or a slot in either takes beside its contents. */
const OBJECT_BYTES = 24;
const STRING_BYTES = 24;
const SLOT_BYTES = 8;
const VIEW_BYTES = 100;
/** The object and the bookkeeping of the memory behind it. */
const ARRAY_BUFFER_BYTES = 150;
const COLLECTION_SLOT_BYTES = 40;
/** Objects with more properties than can share a shape keep a hash table of their own. */
const TABLE_SLOT_BYTES = 100;
const SHAPE_PROPERTIES_MAX = 128;

/**
 * About how many bytes of memory the value holds on to. Stops counting beyond `limit`, so that the cost is bounded.
 * Counts all that is behind a small Buffer, for all of it stays.
 */
export function sizeOf(value: unknown, limit = Infinity): number {
  let bytes = 0;
  const seen = new Set<object>();
  const open: unknown[] = [value];
  while (open.length > 0 && bytes <= limit) {
    const next = open.pop();
    if (typeof next === 'string') bytes += sizeOfString(next);
    else if (typeof next === 'number') bytes += Number.isInteger(next) ? 0 : SLOT_BYTES * 2;
    else if (typeof next === 'bigint') bytes += OBJECT_BYTES + next.toString(16).length / 2;
    else if (((typeof next === 'object' && next !== null) || typeof next === 'function') && !seen.has(next)) {
      seen.add(next);
      bytes += sizeOfObject(next, open);
    }
  }
  return Math.ceil(bytes);
}

function sizeOfString(text: string): number {
  // One character beyond Latin-1 makes all of them take two bytes.
  return STRING_BYTES + text.length * (/[^\0-\xff]/u.test(text) ? 2 : 1);
}

/** The object alone; what it refers to is left in `open`. */
function sizeOfObject(object: object, open: unknown[]): number {
  if (Array.isArray(object)) {
    for (const item of object) open.push(item);
    return OBJECT_BYTES * 2 + object.length * SLOT_BYTES;
  }
  if (ArrayBuffer.isView(object)) {
    open.push(object.buffer);
    return VIEW_BYTES;
  }
  if (object instanceof ArrayBuffer || object instanceof SharedArrayBuffer) {
    return ARRAY_BUFFER_BYTES + object.byteLength;
  }
  if (object instanceof Map) {
    for (const [key, item] of object) open.push(key, item);
    return OBJECT_BYTES * 2 + object.size * COLLECTION_SLOT_BYTES;
  }
  if (object instanceof Set) {
    for (const item of object) open.push(item);
    return OBJECT_BYTES * 2 + object.size * COLLECTION_SLOT_BYTES;
  }
  const properties = Object.keys(object);
  const isTable = properties.length > SHAPE_PROPERTIES_MAX;
  for (const name of properties) {
    open.push((object as Record<string, unknown>)[name]);
    if (isTable) open.push(name);
  }
  return OBJECT_BYTES * 2 + properties.length * (isTable ? TABLE_SLOT_BYTES : SLOT_BYTES);
}
