import { Buffer } from 'node:buffer';
import { deserialize, serialize } from 'node:v8';
import { compress, decompress } from './codec/compression.ts';
import { isJson } from './codec/json.ts';
import { decodeAnswer, encodeAnswer, isReadyAnswer } from './codec/ready-answer.ts';
import { ownBytes } from './memory/own-bytes.ts';

/** Another way to turn values into bytes. */
export interface Serializer {
  /** From 16 to 127, on the wire: what another serialiser wrote is never decoded. */
  readonly id: number;
  readonly encode: (value: unknown) => Buffer;
  /** The bytes are in memory of their own. */
  readonly decode: (bytes: Buffer) => unknown;
}

export interface Codec {
  /** Throws what the serialiser throws. */
  readonly encode: (value: unknown) => Buffer;
  /** The value, in memory of its own; undefined when the bytes are of another version or serialiser. */
  readonly decode: (bytes: Buffer) => { readonly value: unknown } | undefined;
}

/** Changes with the encoding and with what is kept beside it; a process never decodes what another version wrote. */
const WIRE_VERSION = 3;

/** The second byte: what the rest is, and whether it is compressed. */
const ANSWER = 1;
const BYTES = 2;
const CLONE = 3;
const JSON_TEXT = 4;
const COMPRESSED = 0x80;

/** Any structured-cloneable value: undefined, NaN, Date, Map, BigInt and Buffers included. */
const clone: Serializer = { id: CLONE, encode: serialize, decode: deserialize };

/**
 * Version, kind, contents. Ready answers and Buffers go as they are, all else through the serialiser; without one of the
 * caller's, as JSON where that loses nothing, for it is read much faster. What gets clearly smaller is compressed.
 */
export function createCodec(serializer: Serializer = clone): Codec {
  if (
    serializer !== clone &&
    !(Number.isInteger(serializer.id) && serializer.id >= 16 && serializer.id < 128)
  ) {
    throw new RangeError(`cache serializer id must be from 16 to 127, got ${serializer.id}`);
  }

  function contents(value: unknown): {
    readonly kind: number;
    readonly parts: readonly Buffer[];
  } {
    if (Buffer.isBuffer(value)) return { kind: BYTES, parts: [value] };
    if (isReadyAnswer(value)) return { kind: ANSWER, parts: encodeAnswer(value) };
    if (serializer === clone && isJson(value)) {
      return { kind: JSON_TEXT, parts: [Buffer.from(JSON.stringify(value))] };
    }
    return { kind: serializer.id, parts: [serializer.encode(value)] };
  }

  function isKnown(kind: number): boolean {
    return (
      kind === ANSWER ||
      kind === BYTES ||
      kind === serializer.id ||
      (kind === JSON_TEXT && serializer === clone)
    );
  }

  return {
    encode(value) {
      const { kind, parts } = contents(value);
      const frame = Buffer.concat([Buffer.of(WIRE_VERSION, kind), ...parts]);
      const compressed = compress(frame.subarray(2));
      if (!compressed) return frame;
      return Buffer.concat([Buffer.of(WIRE_VERSION, kind | COMPRESSED), compressed]);
    },

    decode(bytes) {
      const tag = bytes[1] ?? 0;
      const kind = tag & ~COMPRESSED;
      if (bytes[0] !== WIRE_VERSION || !isKnown(kind)) return undefined;
      if (tag === JSON_TEXT) return { value: JSON.parse(bytes.toString('utf8', 2)) as unknown };
      const rest = bytes.subarray(2);
      const raw = tag & COMPRESSED ? ownBytes(decompress(rest)) : copyOf(rest);
      if (kind === BYTES) return { value: raw };
      if (kind === JSON_TEXT) return { value: JSON.parse(raw.toString()) as unknown };
      return {
        value: kind === ANSWER ? decodeAnswer(raw) : serializer.decode(raw),
      };
    },
  };
}

/** So that one small value does not hold on to a whole network chunk. */
function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
