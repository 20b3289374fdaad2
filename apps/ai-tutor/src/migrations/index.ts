import type { Migration } from 'kysely/migration';
import * as passages from './0001-passages.ts';
import * as conversations from './0002-conversations.ts';

/** The schema of the tutor, step by step; a step that has run anywhere is never changed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-passages': passages,
  '0002-conversations': conversations,
};
