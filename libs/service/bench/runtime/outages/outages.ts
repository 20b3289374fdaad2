import { moveToLoadCore } from '../../cores.ts';
import { quantile, type Table } from '../../testing/kit.ts';
import { generate, type Try } from '../overload/client/generator.ts';
import { startOutageWorld, type OutageWorld } from '../testing/outage-world.ts';
import { waitFor } from '../testing/parts.ts';
import { Callers, type Asked } from './callers.ts';
import { faultsOf, type Fault } from './faults.ts';
import { routesOf } from './routes.ts';

const PER_SECOND_AND_ROUTE = 8;
const STUDENTS = 200;
const [BEFORE_MS, FAULT_MS, AFTER_MS] = [2_000, 5_000, 5_000];
const FAULT_END_MS = BEFORE_MS + FAULT_MS;
const TIMEOUT_MS = 12_000;
/** A circuit to the model stays open for half a minute. */
const SETTLED_MS = 90_000;
const LOOK_MS = 600;

type Say = (text: string) => void;

/** Kills and freezes one part after the other while all routes are asked; those of which `only` is a part of the name. */
export async function outages(only: string, say: Say): Promise<Table[]> {
  say('starting Postgres with two replicas, Redis, courses and the tutor');
  const world = await startOutageWorld();
  moveToLoadCore();
  try {
    const routes = await routesOf(world.courses);
    const callers = new Callers(await world.signIn(STUDENTS));
    const rows: Table['rows'][number][] = [];
    for (const fault of faultsOf(world).filter(({ what }) => what.includes(only))) {
      await settled(world, routes, callers);
      const tries = await drill(world, routes, callers, fault);
      rows.push(...routes.map((route) => rowOf(fault, route, tries)));
      const bad = tries.filter(({ ending }) => ending !== 'good').length;
      say(`${fault.what}: ${bad} of ${tries.length} requests without a good answer`);
    }
    return [tableOf(rows)];
  } finally {
    await world.stop();
  }
}

async function drill(
  world: OutageWorld,
  routes: readonly Asked[],
  callers: Callers,
  fault: Fault,
): Promise<readonly Try[]> {
  const asked = ask(world, routes, callers, FAULT_END_MS + AFTER_MS);
  await pause(BEFORE_MS);
  if (fault.what.startsWith('keys')) {
    // Who knows the keys needs nobody; those who sign in now have a key that nobody knows.
    await world.rotateKeys();
    callers.tokens = await world.signIn(STUDENTS);
  }
  await fault.begin();
  await pause(FAULT_MS);
  await fault.end();
  return asked;
}

/** Until every route has good answers only, and the model is asked again. */
async function settled(world: OutageWorld, routes: readonly Asked[], callers: Callers): Promise<void> {
  await waitFor(
    async () => (await ask(world, routes, callers, LOOK_MS)).every(({ ending }) => ending === 'good'),
    { what: 'good answers of all routes', timeoutMs: SETTLED_MS, intervalMs: 500 },
  );
  await waitFor(() => isModelAsked(world), { what: 'the model', timeoutMs: SETTLED_MS, intervalMs: 500 });
}

async function isModelAsked({ tutor }: OutageWorld): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${tutor.port}/api/ai/tutor/ask`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ question: 'Explain quadratic equations' }),
  });
  return ((await answer.json()) as { readonly source?: string }).source === 'model';
}

async function ask(
  world: OutageWorld,
  routes: readonly Asked[],
  callers: Callers,
  durationMs: number,
): Promise<readonly Try[]> {
  const tries = (['courses', 'tutor'] as const).map((app) => {
    const kinds = routes.filter((route) => route.app === app);
    return generate({
      port: world[app].port,
      requests: callers,
      kinds,
      perSecond: () => PER_SECOND_AND_ROUTE * kinds.length,
      durationMs,
      seed: 5,
      retryBudget: 0,
      timeoutMs: TIMEOUT_MS,
    });
  });
  return (await Promise.all(tries)).flat();
}

function rowOf({ what }: Fault, route: Asked, tries: readonly Try[]) {
  const phase = (fromMs: number, toMs: number) => {
    const some = tries.filter(({ kind, at }) => kind.name === route.name && at >= fromMs && at < toMs);
    const took = some.map(({ tookMs }) => tookMs);
    return [answersOf(some), `${quantile(took, 0.5).toFixed(0)} / ${Math.max(...took).toFixed(0)}`];
  };
  return [
    what,
    route.name,
    ...phase(0, BEFORE_MS),
    ...phase(BEFORE_MS, FAULT_END_MS),
    ...phase(FAULT_END_MS, Infinity),
  ];
}

function answersOf(tries: readonly Try[]): string {
  const counts = new Map<string, number>();
  for (const { answer, ending } of tries) {
    const what = answer ?? ending ?? '';
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const [only] = counts.keys();
  if (counts.size === 1 && only !== undefined) return only;
  return [...counts].map(([what, count]) => `${count} × ${what}`).join(', ');
}

function tableOf(rows: Table['rows']): Table {
  return {
    title: 'Dead and frozen',
    columns: ['what', 'route', 'before', 'ms', 'for 5 s', 'ms', 'the 5 s after', 'ms'],
    rows,
    note:
      `Each route ${PER_SECOND_AND_ROUTE} times a second, for 2, 5 and 5 s: its answers, and their p50 and maximum. Nothing is asked twice; clients wait for ` +
      `${TIMEOUT_MS / 1_000} s. While the keys cannot be had, students come with tokens that a new key has signed.`,
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
