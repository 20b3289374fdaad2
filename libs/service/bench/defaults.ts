import { fetchAnswer } from './answer.ts';
import { DEFAULTS } from './less.ts';
import { contest, lowQuarterOf, ratioOf, type ContestOptions, type Slice } from './measure/contest.ts';
import type { Table } from './testing/kit.ts';
import { forwardedHeaders, forwardedRequests } from './requests.ts';
import { coursePath, startCourses, STUDENTS } from './route.ts';
import type { World } from './testing/world.ts';

const cpuMicros = (slice: Slice) => slice.cpuMicros;
const perSecond = (slice: Slice) => slice.perSecond;

/** What each default costs: the service beside one that has all of them but one. */
export async function defaults(world: World, options: ContestOptions): Promise<Table[]> {
  const service = await startCourses(world);
  try {
    const path = await coursePath(service);
    const requests = forwardedRequests(path, STUDENTS);
    const rows: Table['rows'][number][] = [];
    for (const without of DEFAULTS) {
      const other = await startCourses(world, without);
      try {
        await fetchAnswer(`http://127.0.0.1:${other.port}${path}`, forwardedHeaders(0));
        const slices = await contest(
          { service: { server: service, requests }, other: { server: other, requests } },
          options,
        );
        const all = lowQuarterOf(slices, 'service', cpuMicros);
        rows.push([
          without,
          (all - lowQuarterOf(slices, 'other', cpuMicros)).toFixed(1),
          all,
          ratioOf(slices, 'other', 'service', perSecond).toFixed(2),
        ]);
      } finally {
        await other.stop();
      }
    }
    return [
      {
        title: 'What each default costs the cached route',
        columns: ['without', 'saves CPU µs/answer', 'of', 'answers/s to all'],
        rows,
        note: 'One default less at a time, beside the service with all of them; CPU is what a quarter of the slices are below.',
      },
    ];
  } finally {
    await service.stop();
  }
}
