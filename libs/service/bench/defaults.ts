import { fetchAnswer } from './answer.ts';
import { DEFAULTS } from './less.ts';
import { contest, lowQuarterOf, ratioOf, type ContestOptions, type Slice } from './measure/contest.ts';
import type { Table } from './testing/kit.ts';
import { forwardedHeaders, forwardedRequests } from './requests.ts';
import { coursePath, startCourses, STUDENTS } from './route.ts';
import type { World } from './testing/world.ts';

const cpuMicros = (slice: Slice) => slice.cpuMicros;
const perSecond = (slice: Slice) => slice.perSecond;

/**
 * What each default costs: a service beside one that has all of them but one. Both are new for each row: a process that has
 * answered for minutes is quicker than one that has for seconds.
 */
export async function defaults(world: World, options: ContestOptions): Promise<Table[]> {
  const rows: Table['rows'][number][] = [];
  for (const without of DEFAULTS) rows.push(await compare(world, without, options));
  return [
    {
      title: 'What each default costs the cached route',
      columns: ['without', 'saves CPU µs/answer', 'of', 'answers/s to all'],
      rows,
      note: 'One default less at a time, beside the service with all of them; CPU is what a quarter of the slices are below.',
    },
  ];
}

async function compare(
  world: World,
  without: string,
  options: ContestOptions,
): Promise<Table['rows'][number]> {
  const service = await startCourses(world);
  try {
    const other = await startCourses(world, without);
    try {
      const path = await coursePath(service);
      const requests = forwardedRequests(path, STUDENTS);
      await fetchAnswer(`http://127.0.0.1:${other.port}${path}`, forwardedHeaders(0));
      const slices = await contest(
        { service: { server: service, requests }, other: { server: other, requests } },
        options,
      );
      const all = lowQuarterOf(slices, 'service', cpuMicros);
      return [
        without,
        (all - lowQuarterOf(slices, 'other', cpuMicros)).toFixed(1),
        all,
        ratioOf(slices, 'other', 'service', perSecond).toFixed(2),
      ];
    } finally {
      await other.stop();
    }
  } finally {
    await service.stop();
  }
}
