import type { RenderedLesson } from '../lessons/render-lesson.ts';
import type { ChapterFrontMatter, CourseFrontMatter, LessonFrontMatter } from './front-matter-schemas.ts';
import type { Numbered } from './read-tree.ts';

/** A text of the content folder as it is stored; `hash` changes when the source or the renderer does. */
interface Stored {
  readonly slug: string;
  readonly markdown: string;
  readonly hash: string;
}

/** A lesson ready to be stored. */
export interface ContentLesson extends Stored, Numbered, RenderedLesson {
  readonly frontMatter: LessonFrontMatter;
}

/** A chapter ready to be stored. */
export interface ContentChapter extends Stored, Numbered {
  readonly frontMatter: ChapterFrontMatter;
  readonly html: string;
  readonly lessons: readonly ContentLesson[];
}

/** A course ready to be stored. */
export interface ContentCourse extends Stored {
  readonly frontMatter: CourseFrontMatter;
  readonly html: string;
  readonly chapters: readonly ContentChapter[];
}
