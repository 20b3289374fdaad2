import { DatabaseError } from 'pg';

import { randomId } from '../notes.ts';
import type { Field } from './field.ts';
import type { Rival } from './rival.ts';

const READ_ONLY = '25006';

/** Selects that write or lock. */
export const DISGUISED: Readonly<Record<string, (rival: Rival) => Promise<unknown>>> = {
  'select for update': (rival) => rival.lock(randomId()),
  'insert in a with': (rival) => rival.insertInWith(),
  'select nextval': (rival) => rival.takeNumber(),
};

/** How many of some tries a standby refused, and how many failed otherwise. */
export type Refusals = { readonly refused: number; readonly failed: number; readonly reason: string };

/** Runs one of them some times. */
export async function tryDisguised(
  run: (rival: Rival) => Promise<unknown>,
  rival: Rival,
  times: number,
): Promise<Refusals> {
  let [refused, failed] = [0, 0];
  let reason = '';
  for (let index = 0; index < times; index += 1) {
    try {
      await run(rival);
    } catch (error) {
      if (postgresCodeOf(error) === READ_ONLY) refused += 1;
      else {
        failed += 1;
        reason = error instanceof Error ? error.name : 'error';
      }
    }
  }
  return { refused, failed, reason };
}

/** SQLSTATE of an error, or of what it was caused by. */
function postgresCodeOf(error: unknown): string | undefined {
  if (error instanceof DatabaseError) return error.code;
  if (!(error instanceof Error)) return undefined;
  if ('driverError' in error) return postgresCodeOf(error.driverError);
  return error.cause === undefined ? undefined : postgresCodeOf(error.cause);
}

/** What each of a field makes of each of them, as text. */
export async function disguisedWrites(field: Field, times: number): Promise<Map<string, string[]>> {
  const results = new Map<string, string[]>();
  for (const [name, rival] of field) {
    const cells: string[] = [];
    for (const run of Object.values(DISGUISED)) {
      const { refused, failed, reason } = await tryDisguised(run, rival, times);
      cells.push(failed > 0 ? `${failed} failed: ${reason}` : `${refused} refused`);
    }
    results.set(name, cells);
  }
  return results;
}
