import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { CourseInput, CourseSource, LessonInput, LessonSource } from '../authoring/authoring.schemas.ts';
import type { TestCourses, TestWorld } from './test-courses.ts';

/** A slug that no other test has. */
export function newSlug(name: string): string {
  return `${name}-${randomUUID().slice(0, 8)}`;
}

/** What a teacher sends to create a course. */
export function courseInput(overrides: Partial<CourseInput> = {}): CourseInput {
  return {
    slug: newSlug('course'),
    title: { en: 'Surds and indices', hi: 'करणी और घातांक' },
    summary: { en: 'Roots that stay roots.', hi: 'मूल जो मूल ही रहते हैं।' },
    class: 9,
    level: 'board',
    language: 'bilingual',
    topics: ['surds'],
    ...overrides,
  };
}

/** What a teacher sends to add a lesson. */
export function lessonInput(overrides: Partial<LessonInput> = {}): LessonInput {
  return {
    slug: newSlug('lesson'),
    title: { en: 'Rationalising', hi: 'परिमेयकरण' },
    summary: { en: 'Move the root up.', hi: 'मूल को ऊपर ले जाइए।' },
    topics: ['surds'],
    minutes: 15,
    markdown: 'Multiply by $\\sqrt{2}$.',
    exercises: [
      {
        question: 'Simplify $\\frac{1}{\\sqrt 2}$.',
        answer: '\\frac{\\sqrt 2}{2}',
        solution: 'Multiply by $\\sqrt 2$.',
      },
    ],
    ...overrides,
  };
}

/** A course of a new teacher with one chapter and its lessons. */
export interface Authored {
  readonly headers: { readonly authorization: string };
  readonly course: CourseSource;
  readonly chapter: string;
  readonly lessons: readonly LessonSource[];
}

/** Has a new teacher write a course, and publish it unless told not to. */
export async function author(
  world: TestWorld,
  service: TestCourses,
  options: {
    readonly course?: Partial<CourseInput>;
    readonly lessons?: readonly Partial<LessonInput>[];
    readonly isPublished?: boolean;
  } = {},
): Promise<Authored> {
  const headers = await world.signIn('teacher');
  const send = async <Body>(path: string, body: object, status: number): Promise<Body> => {
    const response = await service.request('POST', path, { headers, body });
    assert.equal(response.statusCode, status, response.body);
    return response.json();
  };
  const course = await send<CourseSource>('/api/courses', courseInput(options.course), 201);
  const path = `/api/courses/${course.id}`;
  const chapter = { slug: 'basics', title: { en: 'Basics', hi: 'मूल बातें' } };
  await send(`${path}/chapters`, chapter, 201);
  const lessons: LessonSource[] = [];
  for (const lesson of options.lessons ?? [{}]) {
    lessons.push(await send(`${path}/chapters/basics/lessons`, lessonInput(lesson), 201));
  }
  if (options.isPublished !== false) await send(`${path}/publish`, {}, 200);
  return { headers, course, chapter: 'basics', lessons };
}
