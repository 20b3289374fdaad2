import { forwardedHeaders } from '../../requests.ts';
import type { LoadKind, Requests } from '../overload/client/generator.ts';

/** A route as students ask it, and where it is served. */
export interface Asked extends LoadKind {
  readonly app: 'courses' | 'tutor';
  readonly isSignedIn: boolean;
}

/** Students at many addresses; those who are signed in use the tokens they were given last. */
export class Callers implements Requests<Asked> {
  tokens: readonly string[];

  constructor(tokens: readonly string[]) {
    this.tokens = tokens;
  }

  request({ method, path, body, isSignedIn }: Asked, number: number): string {
    const token = this.tokens[number % this.tokens.length];
    const content = body?.(number);
    const headers = {
      host: '127.0.0.1',
      ...forwardedHeaders(number % 4_000),
      ...(isSignedIn && token !== undefined && { authorization: token }),
      ...(content !== undefined && {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(content)),
      }),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method} ${path(number)} HTTP/1.1\r\n${lines.join('')}\r\n${content ?? ''}`;
  }
}
