/** Tag of everything that lists courses or knows which exist. */
export const catalogueTag = 'catalogue';

/** Tag of everything that shows a course or the order of its lessons. */
export const courseTag = (courseId: string): string => `course:${courseId}`;

/** Tag of everything that shows a lesson. */
export const lessonTag = (lessonId: string): string => `lesson:${lessonId}`;
