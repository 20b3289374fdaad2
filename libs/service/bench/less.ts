import type { FastifyInstance } from 'fastify';
import type { ServerDefaults } from '../src/server-defaults.ts';

/** What is no plugin, and how to be without it. */
const REPLACED: ServerDefaults = {
  validation: (app: FastifyInstance) => app.setValidatorCompiler(() => () => true),
  'log per request': (app: FastifyInstance) => app.setChildLoggerFactory((parent) => parent),
};

/** By name, what a request of the cached route meets. `all` is all of them. */
export const DEFAULTS = [
  'overload',
  'headers',
  'deadlines',
  'metrics',
  'caching',
  'tracing',
  'consistency',
  'limits',
  ...Object.keys(REPLACED),
  'all',
] as const;

/** The defaults without one of them. */
export function less(defaults: ServerDefaults, without: string | undefined): ServerDefaults {
  if (without === undefined) return defaults;
  if (without === 'all') return REPLACED;
  const replaced = REPLACED[without];
  if (replaced !== undefined) return { ...defaults, [without]: replaced };
  if (defaults[without] === undefined) throw new RangeError(`no default is called ${without}`);
  return Object.fromEntries(Object.entries(defaults).filter(([name]) => name !== without));
}
