import { startServer, type ServerProcess } from '../../server-process.ts';
import { startSchoolWorld } from '../testing/world.ts';
import { generate, type LoadPlan, type Try } from './client/generator.ts';
import { Users } from './client/users.ts';
import type { ContestantName } from './contestants.ts';
import { coreBusyMs } from './core-use.ts';
import { summarize, type Summary } from './summary.ts';
import { MIXED, type Kind } from './traffic.ts';

const PROGRAM = '../runtime/overload/school-process';
/** Until limits and queues are what they stay; how they become it, the spike shows. */
const LEAD_IN_MS = 2_000;
const REST_MS = 300;
const TIMEOUT_MS = 2_000;
const WARM_UP = { perSecond: 150, seconds: 3 } as const;

/** The contestants, each with a server of its own. */
export interface Arena {
  readonly names: readonly ContestantName[];
  /** Asks one of them as planned. */
  play(name: ContestantName, plan: PlayPlan): Promise<readonly Try<Kind>[]>;
  /** Asks at a steady rate for a while, and sums up what happened after the first two seconds. */
  slice(name: ContestantName, perSecond: number, ms: number, seed: number): Promise<Slice>;
  stop(): Promise<void>;
}

export type PlayPlan = Pick<LoadPlan<Kind>, 'perSecond' | 'durationMs' | 'seed'>;

/** What happened in a slice, and which shares of its core the server and others had; NaN when it has none. */
export interface Slice extends Summary {
  readonly busyShare: number;
  readonly othersShare: number;
}

/** Opens the world and all servers, warm. */
export async function openArena(names: readonly ContestantName[], retryBudget: number): Promise<Arena> {
  const world = await startSchoolWorld();
  const servers = new Map<ContestantName, ServerProcess>();
  const stop = async () => {
    await Promise.all([...servers.values()].map((server) => server.stop()));
    await world.stop();
  };
  const users = new Users();
  const serverOf = (name: ContestantName) => {
    const server = servers.get(name);
    if (server === undefined) throw new RangeError(`${name} takes no part`);
    return server;
  };
  const play: Arena['play'] = async (name, plan) => {
    const tries = await generate<Kind>({
      ...plan,
      port: serverOf(name).port,
      requests: users,
      kinds: MIXED,
      retryBudget,
      timeoutMs: TIMEOUT_MS,
    });
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
    return tries;
  };
  try {
    for (const name of names) {
      servers.set(name, await startServer(PROGRAM, { args: [name], env: world.env }));
      const durationMs = WARM_UP.seconds * 1_000;
      await play(name, { perSecond: () => WARM_UP.perSecond, durationMs, seed: 1 });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    names,
    play,
    async slice(name, perSecond, ms, seed) {
      const server = serverOf(name);
      const serverBefore = await server.cpuMicros();
      const [coreBefore, startedAt] = [coreBusyMs(), performance.now()];
      const tries = await play(name, { perSecond: () => perSecond, durationMs: LEAD_IN_MS + ms, seed });
      const [coreMs, tookMs] = [coreBusyMs() - coreBefore, performance.now() - startedAt];
      const serverMs = ((await server.cpuMicros()) - serverBefore) / 1_000;
      return {
        ...summarize(tries, LEAD_IN_MS, LEAD_IN_MS + ms),
        busyShare: serverMs / (tookMs - REST_MS),
        othersShare: Math.max(0, coreMs - serverMs) / tookMs,
      };
    },
    stop,
  };
}
