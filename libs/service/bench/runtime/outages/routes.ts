import { askOnce } from '../../load.ts';
import type { ServerProcess } from '../../server-process.ts';
import { forwardedRequests } from '../../requests.ts';
import type { Asked } from './callers.ts';

/** What is asked of the apps, all of it equally often. */
export async function routesOf(courses: ServerProcess): Promise<readonly Asked[]> {
  const { courseSlug, lessonSlug, lessonId } = await someLesson(courses);
  const routes: Omit<Asked, 'share'>[] = [
    {
      name: 'course, cached',
      app: 'courses',
      isSignedIn: false,
      method: 'GET',
      path: () => `/api/courses/${courseSlug}`,
    },
    {
      name: 'list of courses, not cached',
      app: 'courses',
      isSignedIn: false,
      method: 'GET',
      path: (number) => `/api/courses?limit=${1 + (number % 19)}`,
    },
    {
      name: 'lesson, signed in',
      app: 'courses',
      isSignedIn: true,
      method: 'GET',
      path: () => `/api/courses/${courseSlug}/lessons/${lessonSlug}`,
    },
    {
      name: 'own progress',
      app: 'courses',
      isSignedIn: true,
      method: 'GET',
      path: () => `/api/progress?course=${courseSlug}`,
    },
    {
      name: 'record progress',
      app: 'courses',
      isSignedIn: true,
      method: 'PUT',
      path: () => `/api/progress/${lessonId}`,
      body: (number) => JSON.stringify({ percent: number % 101 }),
    },
    {
      name: 'ask the tutor to solve',
      app: 'tutor',
      isSignedIn: false,
      method: 'POST',
      path: () => '/api/ai/tutor/ask',
      body: (number) => JSON.stringify({ question: `Solve x + ${number % 50} = 7` }),
    },
    {
      name: 'ask the tutor to explain',
      app: 'tutor',
      isSignedIn: true,
      method: 'POST',
      path: () => '/api/ai/tutor/ask',
      body: () => JSON.stringify({ question: 'Explain quadratic equations' }),
    },
  ];
  const ofApp = (app: Asked['app']) => routes.filter((route) => route.app === app).length;
  return routes.map((route) => ({ ...route, share: 1 / ofApp(route.app) }));
}

async function someLesson({ port }: ServerProcess) {
  interface Course {
    readonly id: string;
    readonly slug: string;
    readonly chapters: readonly {
      readonly lessons: readonly { readonly id: string; readonly slug: string }[];
    }[];
  }
  const read = async (path: string): Promise<unknown> => {
    const [request] = forwardedRequests(path, 1);
    if (request === undefined) throw new RangeError('there is nothing to ask');
    const answer = (await askOnce(port, request)).toString();
    return JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')));
  };
  const { courses } = (await read('/api/courses')) as { readonly courses: readonly Course[] };
  const [first] = courses;
  const course = (await read(`/api/courses/${first?.slug ?? ''}`)) as Course;
  const lesson = course.chapters.flatMap(({ lessons }) => lessons)[0];
  if (lesson === undefined) throw new Error('there are no lessons');
  return { courseSlug: course.slug, lessonSlug: lesson.slug, lessonId: lesson.id };
}
