import type { Generated, GeneratedAlways, Kysely } from 'kysely';
import type { Answer } from './answers/answer.ts';

/** The tables of the tutor, as queries see them. */
export interface TutorSchema {
  readonly passage: PassageTable;
  readonly lesson_feed: LessonFeedTable;
  readonly conversation: ConversationTable;
  readonly turn: TurnTable;
}

/** The database, or a transaction on it. */
export type Executor = Kysely<TutorSchema>;

interface PassageTable {
  readonly lesson_id: string;
  readonly ordinal: number;
  readonly course_slug: string;
  readonly lesson_slug: string;
  readonly title_en: string;
  readonly title_hi: string;
  readonly topics: string;
  readonly heading: string;
  readonly body: string;
  readonly search: GeneratedAlways<string>;
}

interface LessonFeedTable {
  readonly is_only: Generated<boolean>;
  readonly cursor: string | null;
  readonly read_at: Date | null;
}

interface ConversationTable {
  readonly id: GeneratedAlways<string>;
  readonly user_id: string;
  readonly title: string;
  readonly created_at: GeneratedAlways<Date>;
  readonly updated_at: Generated<Date>;
}

interface TurnTable {
  readonly id: GeneratedAlways<string>;
  readonly conversation_id: string;
  readonly question: string;
  readonly answer: Answer;
  readonly created_at: GeneratedAlways<Date>;
}
