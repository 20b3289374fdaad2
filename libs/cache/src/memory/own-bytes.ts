import { Buffer } from 'node:buffer';

/** How much unused memory a Buffer may hold on to. */
const WASTE_MAX_BYTES = 4_096;

/** The bytes in memory of their own, unless they nearly fill what they are in: not in a network chunk or the pool. */
export function ownBytes(bytes: Buffer): Buffer {
  if (bytes.buffer.byteLength - bytes.byteLength <= WASTE_MAX_BYTES) return bytes;
  const own = Buffer.allocUnsafeSlow(bytes.byteLength);
  bytes.copy(own);
  return own;
}

/**
 * The same value with its Buffer, or those in its properties, in memory of their own: kept for minutes, a small slice
 * of Node's shared pool would hold on to all of it.
 */
export function withOwnBytes(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return ownBytes(value);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value;
  }
  let owned: Record<string, unknown> | undefined;
  const parts = value as Record<string, unknown>;
  for (const name of Object.keys(parts)) {
    const part = parts[name];
    if (!Buffer.isBuffer(part)) continue;
    const own = ownBytes(part);
    if (own !== part) (owned ??= {})[name] = own;
  }
  return owned ? { ...value, ...owned } : value;
}
