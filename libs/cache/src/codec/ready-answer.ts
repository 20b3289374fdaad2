import { Buffer } from 'node:buffer';

/** An HTTP answer whose bytes are ready to be sent. As a cache value it is neither cloned nor parsed again. */
export interface ReadyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const LENGTH_BYTES = 4;

/** Whether the value is an answer and nothing else, so that no part of it is lost on the way. */
export function isReadyAnswer(value: unknown): value is ReadyAnswer {
  if (!isPlainObject(value)) return false;
  const { status, headers, body, ...others } = value;
  if (typeof status !== 'number' || !(status >= 100 && status <= 999 && Number.isInteger(status)))
    return false;
  if (!Buffer.isBuffer(body) || !isPlainObject(headers)) return false;
  return (
    Object.keys(others).length === 0 &&
    Object.values(headers).every((header) => typeof header === 'string' && header.isWellFormed())
  );
}

/** Length of the head, head as JSON, body as it is. */
export function encodeAnswer({ status, headers, body }: ReadyAnswer): readonly Buffer[] {
  const head = Buffer.from(JSON.stringify([status, headers]));
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUInt32LE(head.length);
  return [length, head, body];
}

/** The body is a part of `bytes`, not a copy. Throws when the head is not whole. */
export function decodeAnswer(bytes: Buffer): ReadyAnswer {
  const bodyAt = LENGTH_BYTES + bytes.readUInt32LE();
  const head = JSON.parse(bytes.toString('utf8', LENGTH_BYTES, bodyAt)) as [number, Record<string, string>];
  const [status, headers] = head;
  return { status, headers, body: bytes.subarray(bodyAt) };
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
