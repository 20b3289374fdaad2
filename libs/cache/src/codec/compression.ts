import { Buffer } from 'node:buffer';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** From here on zstd halves our values for about 20 µs; below, the saving shrinks and the time does not. */
const COMPRESS_FROM_BYTES = 2_048;

/** The most that is compressed, and the most that decompressing may give: neither may hold up the process. */
const RAW_MAX_BYTES = 16 * 2 ** 20;

/** What does not get at least this much smaller stays as it is. */
const SAVING_MIN = 0.15;

const LENGTH_BYTES = 4;

/** Fastest level: higher ones cost a third more for one point. */
const PARAMS = { [constants.ZSTD_c_compressionLevel]: 1 };

/** The raw length and the compressed bytes; undefined when compressing is not worth it. */
export function compress(raw: Buffer): Buffer | undefined {
  if (raw.length < COMPRESS_FROM_BYTES || raw.length > RAW_MAX_BYTES) return undefined;
  const compressed = zstdCompressSync(raw, { params: PARAMS });
  if (LENGTH_BYTES + compressed.length > raw.length * (1 - SAVING_MIN)) return undefined;
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUInt32LE(raw.length);
  return Buffer.concat([length, compressed]);
}

/** Throws when the bytes are broken or would become larger than they say, or than any that are compressed here. */
export function decompress(bytes: Buffer): Buffer {
  const rawLength = bytes.readUInt32LE();
  if (rawLength > RAW_MAX_BYTES)
    throw new RangeError(`a cached value would decompress to ${rawLength} bytes`);
  return zstdDecompressSync(bytes.subarray(LENGTH_BYTES), {
    maxOutputLength: Math.max(1, rawLength),
    // All in one piece, with room to see that nothing follows.
    chunkSize: Math.max(constants.Z_MIN_CHUNK, rawLength + 1),
  });
}
