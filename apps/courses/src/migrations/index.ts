import type { Migration } from 'kysely/migration';
import { courses } from './0001-courses.ts';

/** All migrations in order; Kysely runs them by name. */
export const migrations: Record<string, Migration> = { '0001-courses': courses };
