import { scrypt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Type } from 'typebox';
import { problem } from '../../../src/errors/problem.ts';
import { sendCached } from '../../../src/http/send-cached.ts';
import { readClaims } from '../../../src/overload/unverified-claims.ts';
import type { Platform, ServiceDefinition } from '../../../src/platform.ts';

/** What the database has for it. */
export interface SchoolSchema {
  readonly course: { readonly id: number; readonly title: string; readonly body: string };
  readonly answer: { readonly student: string; readonly exercise: number; readonly answer: string };
}

const hash = promisify(scrypt) as (
  password: string,
  salt: string,
  bytes: number,
  cost: typeof HASH_COST,
) => Promise<Buffer>;

/** What the loop computes for each kind of request; a round is a millisecond or so. */
const ROUNDS = { answer: 1.8, course: 2, search: 3.5, ask: 1.2 } as const;
const STEPS_PER_ROUND = 1_000_000;
const HASH_COST = { N: 32_768, r: 8, p: 1, maxmem: 67_108_864 } as const;
const MODEL_MS = 80;

const Item = Type.Object({ item: Type.Integer({ minimum: 0 }) });

/** A small service with everything that a real one does: caches, queries, writes, hashes, computes and waits. */
export const school: ServiceDefinition<ReturnType<typeof Type.Object>> = {
  name: 'school',
  config: Type.Object({}),
  docsPath: '/docs',
  build: (platform: Platform) => {
    const database = platform.database<SchoolSchema>();
    const courseOf = (id: number) =>
      database.selectFrom('course').selectAll().where('id', '=', id).executeTakeFirst();
    return async (app) => {
      // Who verifies tokens is another library's business; here they are what they say.
      app.addHook('onRequest', (request, _reply, done) => {
        const claims = readClaims(request.headers.authorization);
        if (claims !== undefined)
          request.principal = { ...claims, sessionId: claims.userId, role: 'student' };
        done();
      });

      app.get('/lessons/:item', { schema: { params: Item } }, (request, reply) =>
        sendCached(request, reply, {
          cache: platform.cache,
          key: `lesson:${request.params.item}`,
          load: () => courseOf(request.params.item),
          tags: ({ id }) => [`lesson:${id}`],
          absent: () => problem.notFound('school.no_lesson', 'There is no such lesson.'),
        }),
      );

      app.get('/courses/:item', { schema: { params: Item } }, async (request) => {
        const course = await courseOf(request.params.item);
        return { course, checksum: compute(ROUNDS.course) };
      });

      app.get(
        '/search',
        { schema: { querystring: Type.Object({ text: Type.String() }) }, config: { priority: 'browsing' } },
        async (request) => {
          const found = await database
            .selectFrom('course')
            .select(['id', 'title'])
            .where('title', 'like', `%${request.query.text}%`)
            .limit(20)
            .execute();
          return { found, checksum: compute(ROUNDS.search) };
        },
      );

      app.post(
        '/answers',
        { schema: { body: Type.Object({ exercise: Type.Integer(), answer: Type.String() }) } },
        async (request, reply) => {
          const { exercise, answer } = request.body;
          const checksum = compute(ROUNDS.answer);
          const student = request.principal?.userId ?? 'nobody';
          await database.insertInto('answer').values({ student, exercise, answer }).execute();
          return reply.code(201).send({ isCorrect: checksum !== exercise });
        },
      );

      app.post(
        '/sessions',
        { schema: { body: Type.Object({ password: Type.String() }) } },
        async (request) => ({
          session: (await hash(request.body.password, 'salt', 32, HASH_COST)).toString('base64url'),
        }),
      );

      app.post(
        '/asks',
        {
          schema: { body: Type.Object({ question: Type.String() }) },
          config: { priority: { withToken: 'reading', withoutToken: 'background' } },
        },
        async () => {
          const checksum = compute(ROUNDS.ask);
          await sleep(MODEL_MS);
          return { answer: 'The sum of both.', checksum };
        },
      );
    };
  },
};

/** The same work each time, however long it takes. */
function compute(rounds: number): number {
  let sum = 0x811c9dc5;
  const steps = rounds * STEPS_PER_ROUND;
  for (let step = 0; step < steps; step += 1) sum = Math.imul(sum ^ step, 0x01000193);
  return sum >>> 0;
}
