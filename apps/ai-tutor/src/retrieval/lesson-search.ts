import { createHash } from 'node:crypto';
import type { Cache, EntryOptions } from '@ganitagya/cache';
import type { FastifyBaseLogger } from 'fastify';
import { isFiller } from '../questions/vocabulary.ts';
import type { Executor } from '../schema.ts';
import { LESSONS_TAG } from './lesson-sync.ts';
import { findIntroduction, searchPassages, searchTitles } from './passage.repository.ts';
import type { FoundPassage } from './passage.repository.ts';

/** What was found for a question. */
export interface LessonsFound {
  /** The best passages, from at most three lessons. */
  readonly passages: readonly FoundPassage[];
  /** How the best lesson begins. */
  readonly introduction?: FoundPassage;
}

const NOTHING: LessonsFound = { passages: [] };
const CANDIDATES = 12;
const LESSONS_MAX = 3;
const WORDS_MAX = 24;

interface LessonSearchOptions {
  readonly database: Executor;
  readonly cache: Cache;
  readonly lifetimes: Pick<EntryOptions<LessonsFound>, 'ttlMs' | 'staleMs' | 'softTimeoutMs'>;
  readonly log: FastifyBaseLogger;
}

/**
 * Finds the lessons that speak of a question. Without its database it finds what it found before, or nothing, and the
 * tutor goes on.
 */
export class LessonSearch {
  readonly #options: LessonSearchOptions;

  constructor(options: LessonSearchOptions) {
    this.#options = options;
  }

  async find(question: string): Promise<LessonsFound> {
    const { cache, lifetimes, log } = this.#options;
    const words = searchWords(question);
    if (words === '') return NOTHING;
    try {
      return await cache.getOrSet(`lessons:${digestOf(words)}`, () => this.#load(words), {
        ...lifetimes,
        tags: [LESSONS_TAG],
        // Anything may be asked: what finds nothing takes little room, and none in Redis.
        negative: { isNegative: ({ passages }) => passages.length === 0 },
      });
    } catch (error) {
      log.warn({ err: error }, 'the lessons could not be searched');
      return NOTHING;
    }
  }

  async #load(words: string): Promise<LessonsFound> {
    const { database } = this.#options;
    const found = await searchPassages(database, words, CANDIDATES);
    const telling = found.filter(({ focus }) => focus > 0);
    const candidates = telling.length > 0 ? telling : await searchTitles(database, words, LESSONS_MAX);
    const lessons = [...new Set(candidates.map(({ lessonId }) => lessonId))].slice(0, LESSONS_MAX);
    const passages = candidates.filter(({ lessonId }) => lessons.includes(lessonId));
    const [best] = lessons;
    const introduction = best === undefined ? undefined : await findIntroduction(database, best);
    return { passages, ...(introduction ? { introduction } : {}) };
  }
}

/** The words that say what a question is about, without formulas and without what every question says. */
export function searchWords(question: string): string {
  const words =
    question
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}]{2,}/gu) ?? [];
  const telling = words.filter((word) => !isEmptyWord(word)).map((word) => ABBREVIATIONS[word] ?? word);
  return [...new Set(telling)].slice(0, WORDS_MAX).join(' ');
}

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  ap: 'arithmetic progression',
  gp: 'geometric progression',
  pnc: 'permutations combinations',
  trig: 'trigonometry',
};

/** Fillers of questions that name a subject all the same. */
const SUBJECTS = new Set(
  'quadratic linear cubic polynomial polynomials equation equations function system simultaneous pair formula द्विघात रैखिक त्रिघात समीकरण समीकरणों फलन बहुपद निकाय'.split(
    ' ',
  ),
);

function isEmptyWord(word: string): boolean {
  return isFiller(word) && !SUBJECTS.has(word);
}

/** Keys of the cache do not tell what a student asked. */
function digestOf(words: string): string {
  return createHash('sha256').update(words).digest('base64url');
}
