import { Type, type Static } from 'typebox';
import { Bilingual, Cursor, problems, Slug, Uuid } from '../shared-schemas.ts';

const FeedLesson = Type.Object({
  lessonId: Uuid,
  removed: Type.Literal(false),
  version: Type.Integer(),
  courseSlug: Slug,
  lessonSlug: Slug,
  title: Bilingual,
  topics: Type.Array(Type.String()),
  passages: Type.Array(
    Type.Object({
      heading: Type.String(),
      text: Type.String({ description: 'Plain text; formulas are LaTeX between dollar signs.' }),
    }),
  ),
});

const FeedTombstone = Type.Object(
  { lessonId: Uuid, removed: Type.Literal(true) },
  { description: 'The lesson is not, or no longer, published: forget it.' },
);

const FeedPage = Type.Object({
  items: Type.Array(Type.Union([FeedLesson, FeedTombstone])),
  next: Type.String({ description: 'Give it as `after` to go on, now or later.' }),
  hasMore: Type.Boolean(),
});
export type FeedPage = Static<typeof FeedPage>;

export const feedSchema = {
  summary: 'Lessons in the order in which they changed',
  description:
    'Every lesson is in the feed once, at its latest change. A reader that keeps `next` and asks again sees each later change.',
  tags: ['lessons'],
  querystring: Type.Object(
    { after: Type.Optional(Cursor), limit: Type.Integer({ minimum: 1, maximum: 100, default: 50 }) },
    { additionalProperties: false },
  ),
  response: { 200: FeedPage, ...problems(400) },
};
