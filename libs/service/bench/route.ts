import { fetchAnswer } from './answer.ts';
import { askOnce } from './load.ts';
import { contest, medianOf, ratioOf, type ContestOptions, type Slice } from './measure/contest.ts';
import type { Table } from './testing/kit.ts';
import { forwardedHeaders, forwardedRequests } from './requests.ts';
import { startServer, type ServerProcess } from './server-process.ts';
import type { World } from './testing/world.ts';

/** So many students, each with a token or an address: none of them comes near a limit. */
export const STUDENTS = 5_000;

const ROUTE = '/api/courses/:course';
const perSecond = (slice: Slice) => slice.perSecond;
const cpuMicros = (slice: Slice) => slice.cpuMicros;
const busyShare = (slice: Slice) => slice.busyShare;

/** The cached route with everything a service has by default, against a bare one that sends the same bytes. */
export async function route(world: World, options: ContestOptions): Promise<Table[]> {
  const service = await startCourses(world);
  const path = await coursePath(service);
  const requests = forwardedRequests(path, STUDENTS);
  const answer = await fetchAnswer(`http://127.0.0.1:${service.port}${path}`, forwardedHeaders(0));
  const bare = await startServer('bare', { args: [ROUTE, JSON.stringify(answer)] });
  const few = { ...answer, headers: { 'content-type': answer.headers['content-type'] } };
  const barest = await startServer('bare', { args: [ROUTE, JSON.stringify(few)] });
  try {
    await requireSameBytes(bare, service, requests);
    const slices = await contest(
      {
        bare: { server: bare, requests },
        'bare, two headers': { server: barest, requests },
        service: { server: service, requests },
        'service, signed in': {
          server: service,
          requests: forwardedRequests(path, STUDENTS, await world.signIn(STUDENTS)),
        },
      },
      options,
    );
    const rows = [...slices.keys()].map((name) => [
      name,
      medianOf(slices, name, perSecond),
      ratioOf(slices, name, 'bare', perSecond).toFixed(2),
      medianOf(slices, name, cpuMicros),
      (1 / ratioOf(slices, name, 'bare', cpuMicros)).toFixed(2),
      `${Math.round(100 * medianOf(slices, name, busyShare))} %`,
    ]);
    return [
      {
        title: 'The cached route of a course against a bare Fastify route that sends the same bytes',
        columns: ['who', 'answers/s', 'to bare', 'CPU µs/answer', 'to bare', 'busy'],
        rows,
      },
    ];
  } finally {
    await Promise.all([service, bare, barest].map((server) => server.stop()));
  }
}

/** A process of courses, with one of the service's defaults less if one is named. */
export function startCourses({ module, env }: World, without?: string): Promise<ServerProcess> {
  const args = [module, 'courses', ...(without === undefined ? [] : [without])];
  return startServer('service', { args, env });
}

/** The path of a course, asked for until the service has it in its memory. */
export async function coursePath({ port }: ServerProcess): Promise<string> {
  const { body } = await fetchAnswer(`http://127.0.0.1:${port}/api/courses`, forwardedHeaders(0));
  const [course] = (JSON.parse(body) as { readonly courses: readonly { readonly id: string }[] }).courses;
  if (course === undefined) throw new Error('there are no courses');
  return `/api/courses/${course.id}`;
}

/** Fails when the answers differ in more than the time and the request's id. */
async function requireSameBytes(
  one: ServerProcess,
  other: ServerProcess,
  requests: readonly Buffer[],
): Promise<void> {
  const [request] = requests;
  if (request === undefined) throw new RangeError('there is nothing to ask');
  const [a, b] = await Promise.all([one, other].map(({ port }) => askOnce(port, request)));
  const linesOf = (answer: Buffer | undefined) =>
    String(answer)
      .split('\r\n')
      .map((line) => line.replace(/^(date|x-request-id): .*/iu, '$1'))
      .sort()
      .join('\n');
  if (a?.length !== b?.length || linesOf(a) !== linesOf(b)) {
    throw new Error(`these are not the same answers:\n${linesOf(a)}\n\n${linesOf(b)}`);
  }
}
