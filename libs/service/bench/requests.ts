import { randomBytes } from 'node:crypto';

/** As the edge forwards the request of a browser, each from another address. */
export function forwardedRequests(
  path: string,
  count: number,
  authorizations: readonly string[] = [],
): Buffer[] {
  return Array.from({ length: count }, (_each, index) => {
    const headers = forwardedHeaders(index);
    const authorization = authorizations[index % authorizations.length];
    if (authorization !== undefined) headers['authorization'] = authorization;
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join('')}\r\n`);
  });
}

/** What the edge adds, and what a browser sends. */
export function forwardedHeaders(index: number): Record<string, string> {
  return {
    'x-request-id': randomBytes(16).toString('hex'),
    'x-forwarded-for': `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    'x-forwarded-proto': 'https',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0',
    accept: 'application/json',
    'accept-encoding': 'gzip, deflate, br',
    'accept-language': 'en-IN,en;q=0.9,hi;q=0.8',
  };
}
