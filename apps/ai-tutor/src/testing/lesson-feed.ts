import { createServer } from 'node:http';
import { closed, listening } from './listening.ts';
import type { FeedPage } from '../retrieval/feed-page.ts';

/** The public lesson feed of courses, spoken by a test: courses itself is another app and runs elsewhere. */
export interface LessonFeed {
  readonly url: string;
  readonly items: FeedPage['items'][number][];
  isDown: boolean;
  requests: number;
  /** What the last caller said that it waits. */
  timeoutMs: number | undefined;
  close(): Promise<void>;
}

export async function startLessonFeed(
  items: readonly FeedPage['items'][number][] = lessons,
): Promise<LessonFeed> {
  const server = createServer((request, response) => {
    feed.requests += 1;
    feed.timeoutMs = Number(request.headers['x-request-timeout-ms']);
    const query = new URL(request.url ?? '/', 'http://feed').searchParams;
    if (feed.isDown) {
      response.writeHead(503).end();
      return;
    }
    const from = Number(query.get('after') ?? 0);
    const shown = feed.items.slice(from, from + 2);
    const next = from + shown.length;
    const page: FeedPage = { items: shown, next: String(next), hasMore: next < feed.items.length };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(page));
  });
  const feed: LessonFeed = {
    url: await listening(server),
    items: [...items],
    isDown: false,
    requests: 0,
    timeoutMs: undefined,
    close: () => closed(server),
  };
  return feed;
}

const lesson = (
  number: number,
  lessonSlug: string,
  title: { en: string; hi: string },
  topics: string[],
  passages: { heading: string; text: string }[],
) => ({
  lessonId: `00000000-0000-7000-8000-00000000000${number}`,
  removed: false as const,
  courseSlug: 'class-10',
  lessonSlug,
  title,
  topics,
  passages,
});

/** A few lessons, as courses would tell of them. */
export const lessons = [
  lesson(
    1,
    'what-is-a-quadratic-equation',
    { en: 'What is a quadratic equation?', hi: 'द्विघात समीकरण क्या है?' },
    ['quadratic-equations'],
    [
      {
        heading: '',
        text: 'A quadratic equation has the form $ax^2 + bx + c = 0$ with $a \\ne 0$. Its roots are the values of $x$ that make it true. द्विघात समीकरण का मानक रूप।',
      },
      { heading: 'Example', text: 'The quadratic equation $x^2 - 5x + 6 = 0$ has the roots $2$ and $3$.' },
    ],
  ),
  lesson(
    2,
    'factorisation',
    { en: 'Solving by factorisation', hi: 'गुणनखंड द्वारा हल' },
    ['quadratic-equations', 'factorisation'],
    [
      {
        heading: 'Splitting the middle term',
        text: 'To solve a quadratic equation, split the middle term and factorise.',
      },
    ],
  ),
  lesson(
    3,
    'trigonometric-ratios',
    { en: 'Trigonometric ratios', hi: 'त्रिकोणमितीय अनुपात' },
    ['trigonometry'],
    [
      {
        heading: '',
        text: 'In a right triangle the sine of an angle is the opposite side over the hypotenuse.',
      },
    ],
  ),
];
