import { createSession, runInSession } from '../../src/session/session.ts';
import { openRouted, readOne, readPage } from '../notes.ts';
import type { Hosts, Rival } from './rival.ts';

/** This library with its defaults, after its slow start. */
export async function openOurs(hosts: Hosts): Promise<Rival> {
  const db = await openRouted(hosts);
  return {
    readOne: (id) => readOne(db, id),
    readPage: (after) => readPage(db, after),
    write: (id, value) => db.updateTable('note').set({ value }).where('id', '=', id).execute(),
    asOneUser: (work) => runInSession(createSession(), work),
    lock: (id) => db.selectFrom('note').select('id').where('id', '=', id).forUpdate().execute(),
    insertInWith: () =>
      db
        .with('added', (with_) =>
          with_.insertInto('note').values({ title: 'added', value: 0 }).returning('id'),
        )
        .selectFrom('added')
        .select('id')
        .execute(),
    takeNumber: () =>
      db
        .selectFrom('note')
        .select((build) => build.fn<string>('nextval', [build.val('tick')]).as('number'))
        .limit(1)
        .execute(),
    close: () => db.destroy(),
  };
}
