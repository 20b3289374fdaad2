import type { ServiceRoutes } from '@ganitagya/service';
import { Type } from 'typebox';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { FeedRepository } from './feed.repository.ts';
import { feedSchema, type FeedPage } from './feed.schemas.ts';

/** A position in the feed: a bigint as text. */
const FeedCursor = Type.Tuple([Type.String({ pattern: '^(0|[1-9][0-9]{0,17})$' })]);

/** A page is large and not cached; a reader needs a few a minute. */
const PAGES_PER_MINUTE_MAX = 120;

type ChangeRow = Awaited<ReturnType<FeedRepository['listAfter']>>[number];

/** `GET /api/lessons/feed`: what the tutor builds its search index from. */
export function feedRoutes({ feed }: { readonly feed: FeedRepository }): ServiceRoutes {
  return async (app) => {
    const config = { rateLimit: { max: PAGES_PER_MINUTE_MAX }, priority: 'background' } as const;
    app.get(
      '/api/lessons/feed',
      { schema: feedSchema, config },
      async (request, reply): Promise<FeedPage> => {
        const { after, limit } = request.query;
        const position = after === undefined ? '0' : decodeCursor(after, FeedCursor)[0];
        const rows = await feed.listAfter(position, limit + 1);
        const shown = rows.slice(0, limit);
        // A reader asks for what is new, so a kept answer would be of no use.
        reply.header('cache-control', 'no-store');
        return {
          items: shown.map(toItem),
          next: encodeCursor([shown.at(-1)?.position ?? position]),
          hasMore: rows.length > limit,
        };
      },
    );
  };
}

function toItem(row: ChangeRow): FeedPage['items'][number] {
  const { lesson_id: lessonId, course_slug, slug, version, title_en, title_hi, topics, passages } = row;
  if (
    course_slug === null ||
    slug === null ||
    version === null ||
    title_en === null ||
    title_hi === null ||
    topics === null ||
    passages === null
  ) {
    return { lessonId, removed: true };
  }
  return {
    lessonId,
    removed: false,
    version,
    courseSlug: course_slug,
    lessonSlug: slug,
    title: { en: title_en, hi: title_hi },
    topics,
    passages,
  };
}
