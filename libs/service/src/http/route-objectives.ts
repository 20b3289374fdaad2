import type { Metrics } from '@ganitagya/metrics';
import type { FastifyInstance } from 'fastify';
import type { RoutePriority } from '../overload/route-priority.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `none` for answers that take as long as they take; all others are promised within 200 ms. */
    latencyObjective?: 'none';
  }
}

/** A bound of the histogram of requests, or nobody could tell whether it is kept. */
const OBJECTIVE_SECONDS = 0.2;

/** Tells in series what every route that is declared from now on promises. */
export function tellObjectives(app: FastifyInstance, { objectives }: Metrics): void {
  app.addHook('onRoute', ({ method, url: route, config = {} }) => {
    if (config.latencyObjective === 'none') return;
    const priority = priorityLabel(config.priority);
    for (const each of [method].flat())
      objectives.promise({ method: each, route, priority }, OBJECTIVE_SECONDS);
  });
}

/** Where a token decides, the priority of those who have one. */
function priorityLabel(priority: RoutePriority | undefined): string {
  if (priority === undefined) return 'undeclared';
  return typeof priority === 'string' ? priority : priority.withToken;
}
