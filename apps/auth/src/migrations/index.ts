import type { Migration } from 'kysely/migration';
import * as accounts from './0001-accounts.ts';
import * as sessions from './0002-sessions.ts';
import * as signingKeys from './0003-signing-keys.ts';

/** The schema of auth, step by step; a step that has run anywhere is never changed. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-accounts': accounts,
  '0002-sessions': sessions,
  '0003-signing-keys': signingKeys,
};
