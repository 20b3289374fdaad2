import { languageOf } from '../questions/understand.ts';
import type { FoundPassage } from '../retrieval/passage.repository.ts';
import type { LessonsFound } from '../retrieval/lesson-search.ts';
import type { Language } from '../solver/task.ts';
import type { Citation } from './answer.ts';

const TEXT_LENGTH_MAX = 2_400;
const PASSAGES_MAX = 3;
/** A passage with fewer of the words than this is about something else. */
const COVERAGE_LEAST = 0.6;
/** A lesson whose headings have fewer of them only mentions the subject. */
const FOCUS_LEAST = 0.5;
const ONLY_ENGLISH = '*(यह पाठ अभी अंग्रेज़ी में है।)*';

/** An explanation put together from the best lesson; undefined when no lesson speaks of the question. */
export function explanationFrom(
  { passages, introduction }: LessonsFound,
  language: Language,
): string | undefined {
  const [best] = passages;
  if (!best || best.coverage < COVERAGE_LEAST || best.focus < FOCUS_LEAST) return undefined;
  const own = passages.filter(
    ({ lessonId, ordinal }) => lessonId === best.lessonId && ordinal !== introduction?.ordinal,
  );
  const chosen = [...(introduction ? [introduction] : []), ...own].slice(0, PASSAGES_MAX);
  const inOrder = chosen.sort((left, right) => left.ordinal - right.ordinal);
  const sections = inOrder.map((passage) =>
    hasOwnHeading(passage) ? `### ${passage.heading}\n\n${passage.body}` : passage.body,
  );
  const text = cutAtSentence(sections.join('\n\n'), TEXT_LENGTH_MAX);
  const note = language === 'hi' && languageOf(text) === 'en' ? `${ONLY_ENGLISH}\n\n` : '';
  return `## ${titleOf(best, language)}\n\n${note}${text}`;
}

function hasOwnHeading({ heading, titleEn, titleHi }: FoundPassage): boolean {
  return heading !== '' && heading !== titleEn && heading !== titleHi;
}

/** The lessons of the passages, each once, the best first. */
export function citationsOf({ passages }: LessonsFound, language: Language): Citation[] {
  const lessons = new Map(passages.map((passage) => [passage.lessonId, passage]));
  return [...lessons.values()].map((passage) => ({
    courseSlug: passage.courseSlug,
    lessonSlug: passage.lessonSlug,
    title: titleOf(passage, language),
    url: `/api/courses/${encodeURIComponent(passage.courseSlug)}/lessons/${encodeURIComponent(passage.lessonSlug)}`,
  }));
}

function titleOf({ titleEn, titleHi }: FoundPassage, language: Language): string {
  return language === 'hi' && titleHi !== '' ? titleHi : titleEn;
}

/** No longer than `lengthMax`, ending with a paragraph or a sentence, never inside a formula. */
export function cutAtSentence(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const start = text.slice(0, lengthMax);
  const end = Math.max(start.lastIndexOf('\n\n'), start.lastIndexOf('. ') + 1, start.lastIndexOf('। ') + 1);
  const cut = end > lengthMax / 3 ? start.slice(0, end) : start.slice(0, Math.max(start.lastIndexOf(' '), 1));
  const dollars = cut.match(/\$/g)?.length ?? 0;
  return `${(dollars % 2 === 1 ? cut.slice(0, cut.lastIndexOf('$')) : cut).trimEnd()} …`;
}
