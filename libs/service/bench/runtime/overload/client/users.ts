import { forwardedHeaders } from '../../../requests.ts';
import type { LoadKind, Requests } from './generator.ts';

const USERS = 4_000;
const HOUR_S = 3_600;

/** The students: each has an address, and two of three a token. */
export class Users implements Requests<LoadKind> {
  readonly #heads = Array.from({ length: USERS }, (_each, index) => headOf(index));

  request(kind: LoadKind, number: number): string {
    const head = this.#heads[number % USERS] ?? '';
    const first = `${kind.method} ${kind.path(number)} HTTP/1.1\r\n${head}`;
    if (kind.body === undefined) return `${first}\r\n`;
    const body = kind.body(number);
    return `${first}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  }
}

function headOf(index: number): string {
  const headers = { host: '127.0.0.1', ...forwardedHeaders(index) };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (index % 3 !== 0) lines.push(`authorization: Bearer ${tokenOf(index)}\r\n`);
  return lines.join('');
}

function tokenOf(index: number): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1_000) + HOUR_S;
  return `${encode({ alg: 'none' })}.${encode({ sub: `student-${index}`, exp })}.unsigned`;
}
