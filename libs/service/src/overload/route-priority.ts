import { PRIORITIES, type Priority } from '@ganitagya/resilience';
import type { FastifyInstance, RouteOptions } from 'fastify';

/** How important a route's requests are when not all can be answered. */
export type RoutePriority = Priority | { readonly withToken: Priority; readonly withoutToken: Priority };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `critical` for what changes something, `reading` for the rest, unless a route says otherwise. */
    priority?: RoutePriority;
  }
  interface FastifyInstance {
    /** Every route with its priority, in the order of their declaration. */
    readonly routePriorities: readonly DeclaredPriority[];
  }
}

/** A route as it was declared. */
export interface DeclaredPriority {
  readonly method: string;
  readonly url: string;
  readonly priority: RoutePriority;
}

/** Every route of an app by method and path, as a test lists them: a new one should not go by without a thought. */
export function prioritiesOf(app: FastifyInstance): Record<string, RoutePriority> {
  const routes = app.routePriorities.filter(({ method }) => method !== 'HEAD');
  return Object.fromEntries(routes.map(({ method, url, priority }) => [`${method} ${url}`, priority]));
}

/** Of paths that no route answers. */
export const UNMATCHED: Priority = 'background';

/** Gives every route that is declared from now on a priority; those below `docsPath` are for browsing. */
export function declarePriorities(app: FastifyInstance, docsPath: string): void {
  const declared: DeclaredPriority[] = [];
  app.decorate('routePriorities', declared);
  app.addHook('onRoute', (route) => {
    const priority = route.config?.priority ?? defaultOf(route, docsPath);
    requirePriority(priority, route.url);
    route.config = { ...route.config, priority };
    for (const method of [route.method].flat()) declared.push({ method, url: route.url, priority });
  });
}

function defaultOf({ method, url }: RouteOptions, docsPath: string): Priority {
  if (url === docsPath || url.startsWith(`${docsPath}/`)) return 'browsing';
  return [method].flat().every((each) => each === 'GET' || each === 'HEAD') ? 'reading' : 'critical';
}

function requirePriority(priority: RoutePriority, url: string): void {
  const named = typeof priority === 'string' ? [priority] : [priority.withToken, priority.withoutToken];
  for (const name of named) {
    if (!PRIORITIES.includes(name))
      throw new TypeError(`the priority of ${url} must not be ${name as string}`);
  }
}
