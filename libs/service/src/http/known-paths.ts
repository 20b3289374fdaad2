import type { FastifyInstance, RouteOptions } from 'fastify';

/** Which methods the routes of an app have for a path; only looked up when none has the one that was asked for. */
export class KnownPaths {
  readonly #routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  /** Knows all routes that are declared from now on. */
  constructor(app: FastifyInstance) {
    app.addHook('onRoute', ({ url, method }: RouteOptions) => {
      this.#routes.push({ pattern: patternOf(url), methods: [method].flat() });
    });
  }

  /** In alphabetical order; none for a path that nothing answers. */
  methodsOf(url: string): string[] {
    const path = decode(url.split('?', 1)[0] ?? '');
    const found = this.#routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods);
    return [...new Set(found)].sort();
  }
}

/** Parameters take what is between two slashes; a wildcard takes the rest. */
function patternOf(url: string): RegExp {
  const escaped = url.replace(/[\\^$.|?+(){}[\]]/gu, '\\$&');
  return new RegExp(`^${escaped.replace(/:\w+/gu, '[^/]+').replace(/\*/gu, '.*')}$`, 'u');
}

function decode(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
