import { deserialize, serialize } from 'node:v8';

/** Changes with the encoding; a process never decodes what another version wrote. */
const WIRE_VERSION = 1;

/** Turns any structured-cloneable value, undefined and Buffers included, into bytes. */
export function encode(value: unknown): Buffer {
  return Buffer.concat([Buffer.of(WIRE_VERSION), serialize(value)]);
}

/** The value, in memory of its own; undefined when the bytes are of another wire version. */
export function decode(bytes: Buffer): { readonly value: unknown } | undefined {
  if (bytes[0] !== WIRE_VERSION) return undefined;
  // Decoded Buffers are views: on a copy, so that one small value does not hold on to a whole network chunk.
  const copy = Buffer.allocUnsafeSlow(bytes.length - 1);
  bytes.copy(copy, 0, 1);
  return { value: deserialize(copy) };
}
