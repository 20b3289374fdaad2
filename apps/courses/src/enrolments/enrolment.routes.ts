import { principalOf, requireUser } from '@ganitagya/identity';
import type { ServiceRoutes } from '@ganitagya/service';
import type { Directory } from '../catalogue/directory.ts';
import { errors } from '../errors.ts';
import type { EnrolmentRepository } from './enrolment.repository.ts';
import { enrolSchema, leaveSchema, listEnrolmentsSchema } from './enrolment.schemas.ts';

/** Enrolling, leaving, and the list of one's courses. */
export function enrolmentRoutes(dependencies: {
  readonly directory: Directory;
  readonly enrolments: EnrolmentRepository;
}): ServiceRoutes {
  const { directory, enrolments } = dependencies;
  return async (app) => {
    app.addHook('onRequest', requireUser());

    app.put('/api/courses/:course/enrolment', { schema: enrolSchema }, async (request) => {
      const { id } = await directory.course(request.params.course);
      const enrolledAt = await enrolments.add(principalOf(request).userId, id);
      if (enrolledAt === undefined) throw errors.courseUnknown();
      return { courseId: id, enrolledAt: enrolledAt.toISOString() };
    });

    app.delete('/api/courses/:course/enrolment', { schema: leaveSchema }, async (request, reply) => {
      const { id } = await directory.course(request.params.course);
      await enrolments.remove(principalOf(request).userId, id);
      return reply.code(204).send(null);
    });

    app.get('/api/enrolments', { schema: listEnrolmentsSchema }, async (request) => {
      const rows = await enrolments.list(principalOf(request).userId);
      return {
        enrolments: rows.map((row) => ({
          course: { id: row.id, slug: row.slug, title: { en: row.title_en, hi: row.title_hi } },
          enrolledAt: row.created_at.toISOString(),
          lessonCount: Number(row.lesson_count),
          completedCount: Number(row.completed_count),
        })),
      };
    });
  };
}
