import { asc, eq, gt, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { doublePrecision, integer, pgTable, text, withReplicas } from 'drizzle-orm/pg-core';
import pg from 'pg';

import { POOL } from '../../notes.ts';
import { CONNECT_TIMEOUT_MS, STATEMENT_TIMEOUT_MS, type Hosts, type Rival } from '../rival.ts';

const PAGE = 20;

const note = pgTable('note', {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  title: text().notNull(),
  value: doublePrecision().notNull(),
});

/** drizzle-orm's `withReplicas` over node-postgres. */
export async function openDrizzle({ primary, replicas }: Hosts): Promise<Rival> {
  const pools = [primary, ...replicas].map(createPool);
  const [leader, first, ...others] = pools.map((pool) => drizzle(pool));
  if (!leader || !first) throw new Error('no replica');
  const db = withReplicas(leader, [first, ...others]);
  return {
    readOne: async (id) => (await db.select().from(note).where(eq(note.id, id)))[0],
    readPage: (after) => db.select().from(note).where(gt(note.id, after)).orderBy(asc(note.id)).limit(PAGE),
    write: (id, value) => db.update(note).set({ value }).where(eq(note.id, id)),
    asOneUser: (work) => work(),
    lock: (id) => db.select({ id: note.id }).from(note).where(eq(note.id, id)).for('update'),
    insertInWith: async () => {
      const added = db
        .$with('added')
        .as(db.insert(note).values({ title: 'added', value: 0 }).returning({ id: note.id }));
      return db.with(added).select().from(added);
    },
    takeNumber: () =>
      db
        .select({ number: sql<string>`nextval('tick')` })
        .from(note)
        .limit(1),
    close: () => Promise.all(pools.map((pool) => pool.end())),
  };
}

function createPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  });
  // As pg's documentation demands; the statement that it hits fails besides.
  pool.on('error', () => undefined);
  return pool;
}
