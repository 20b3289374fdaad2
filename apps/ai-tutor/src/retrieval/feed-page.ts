import { Type, type Static } from 'typebox';

const Text = (maxLength: number) => Type.String({ maxLength });

const Lesson = Type.Object({
  lessonId: Type.String({ format: 'uuid' }),
  removed: Type.Literal(false),
  courseSlug: Text(200),
  lessonSlug: Text(200),
  title: Type.Object({ en: Text(500), hi: Text(500) }),
  topics: Type.Array(Text(200), { maxItems: 50 }),
  passages: Type.Array(Type.Object({ heading: Text(500), text: Text(100_000) }), { maxItems: 100 }),
});

const Tombstone = Type.Object({ lessonId: Type.String({ format: 'uuid' }), removed: Type.Literal(true) });

/** A page of the feed of `courses`, as far as the tutor uses it. More properties are fine. */
export const FeedPage = Type.Object({
  items: Type.Array(Type.Union([Lesson, Tombstone]), { maxItems: 200 }),
  next: Text(500),
  hasMore: Type.Boolean(),
});
export type FeedPage = Static<typeof FeedPage>;
export type FeedLesson = Static<typeof Lesson>;
