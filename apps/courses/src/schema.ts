import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { Passage } from './markdown/passages.ts';

/** Set by the database when a row is made. */
type CreatedAt = ColumnType<Date, never, never>;
type TouchedAt = ColumnType<Date, Date | undefined, Date>;
type Json<Value> = ColumnType<Value, string, string>;

/** Who wrote the courses of the content folder. */
export const SYSTEM_AUTHOR_ID = '00000000-0000-0000-0000-000000000000';

interface Titled {
  title_en: string;
  title_hi: string;
}

interface Summarised {
  summary_en: string;
  summary_hi: string;
  topics: string[];
}

/** Markdown with what was rendered from it; the hash tells the importer what has changed. */
interface Rendered {
  markdown: string;
  html: string;
  content_hash: string | null;
}

interface CourseTable extends Titled, Summarised, Rendered {
  id: Generated<string>;
  slug: string;
  author_id: string;
  class: number;
  level: 'foundation' | 'board' | 'entrance';
  language: 'en' | 'hi' | 'bilingual';
  published_at: Date | null;
  created_at: CreatedAt;
  updated_at: TouchedAt;
  search: GeneratedAlways<string>;
}

interface ChapterTable extends Titled, Rendered {
  id: Generated<string>;
  course_id: string;
  slug: string;
  position: number;
}

interface LessonTable extends Titled, Summarised, Rendered {
  id: Generated<string>;
  course_id: string;
  chapter_id: string;
  slug: string;
  position: number;
  minutes: number;
  passages: Json<Passage[]>;
  search_text: string;
  version: Generated<number>;
  is_published: Generated<boolean>;
  created_at: CreatedAt;
  updated_at: TouchedAt;
  search: GeneratedAlways<string>;
}

interface ExerciseTable {
  id: Generated<string>;
  lesson_id: string;
  position: number;
  question: string;
  question_html: string;
  hint: string | null;
  hint_html: string | null;
  answer: string;
  solution: string;
  solution_html: string;
}

interface LessonChangeTable {
  lesson_id: string;
  /** A bigint, which pg gives as text. */
  position: GeneratedAlways<string>;
  changed_at: Date;
}

interface EnrolmentTable {
  user_id: string;
  course_id: string;
  created_at: CreatedAt;
}

interface ProgressTable {
  user_id: string;
  lesson_id: string;
  course_id: string;
  percent: number;
  position: string | null;
  completed_at: Date | null;
  updated_at: TouchedAt;
}

/** The tables of the `courses` schema. */
export interface CoursesSchema {
  course: CourseTable;
  chapter: ChapterTable;
  lesson: LessonTable;
  exercise: ExerciseTable;
  lesson_change: LessonChangeTable;
  enrolment: EnrolmentTable;
  progress: ProgressTable;
}
