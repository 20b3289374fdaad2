import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { problem } from '../../../src/errors/problem.ts';
import type { ServerDefaults } from '../../../src/server-defaults.ts';

/** Who guards the service against too much. */
export interface Contestant {
  readonly title: string;
  /** What stands in the place of overload control; undefined: overload control itself. */
  readonly guard?: (app: FastifyInstance) => unknown;
  /** Whether it listens as every service does, several times on its port, or once, as Node does by itself. */
  readonly isListeningOnce: boolean;
}

const RETRY_AFTER_S = 1;
const CAP = 32;

/** By their names on the command line. */
export const CONTESTANTS = {
  nothing: { title: 'nothing', guard: () => undefined, isListeningOnce: true },
  'under-pressure': {
    title: 'under-pressure, delay 50 ms',
    guard: (app) => underPressure(app, { maxEventLoopDelay: 50 }),
    isListeningOnce: true,
  },
  'under-pressure-tuned': {
    title: 'under-pressure, tuned',
    guard: (app) =>
      underPressure(app, {
        sampleInterval: 100,
        maxEventLoopDelay: 20,
        maxEventLoopUtilization: 0.98,
        eventLoopUtilizationMode: 'interval',
      }),
    isListeningOnce: true,
  },
  cap: { title: `at most ${CAP} in flight`, guard: (app) => cap(app, CAP), isListeningOnce: true },
  'cap-listeners': {
    title: `at most ${CAP}, 16 listeners`,
    guard: (app) => cap(app, CAP),
    isListeningOnce: false,
  },
  ours: { title: 'ours', isListeningOnce: false },
} as const satisfies Readonly<Record<string, Contestant>>;

export type ContestantName = keyof typeof CONTESTANTS;

/** The defaults of a service with the contestant's guard. */
export function guarded(defaults: ServerDefaults, { guard }: Contestant): ServerDefaults {
  return guard === undefined ? defaults : { ...defaults, overload: guard };
}

async function underPressure(app: FastifyInstance, options: object): Promise<void> {
  const file = new URL('./rivals/under-pressure.mjs', import.meta.url).href;
  const { default: plugin } = (await import(file)) as { readonly default: FastifyPluginAsync<object> };
  await app.register(plugin, options);
}

/** What many write by hand. */
function cap(app: FastifyInstance, limit: number): void {
  let inFlight = 0;
  app.addHook('onRequest', (_request, reply, done) => {
    if (inFlight >= limit) {
      done(problem.unavailable('school.full', 'Too much is going on; try again shortly.', RETRY_AFTER_S));
      return;
    }
    inFlight += 1;
    // Not onResponse: that does not come when the client goes away.
    reply.raw.once('close', () => (inFlight -= 1));
    done();
  });
}
