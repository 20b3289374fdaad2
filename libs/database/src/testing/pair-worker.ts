import { createDatabase } from '../database.ts';
import { createSession, currentSession, runInSession, type Session } from '../session/session.ts';
import type { PairReply, PairRequest } from './pairs.ts';
import type { TestSchema } from './test-cluster.ts';

// One of several processes of a service: runs one statement of a user, from the position that his last one reached.
const [primary = '', ...replicas] = process.argv.slice(2);
const db = createDatabase<TestSchema>({
  primary,
  replicas,
  applicationName: 'pairs',
  acquireTimeoutMs: 10_000,
});
const routes = new WeakMap<Session, string>();
db.events.on('query', ({ route }) => {
  const session = currentSession();
  if (session) routes.set(session, route);
});

process.on('message', ({ id, user, position, value }: PairRequest) => {
  const session = createSession(position);
  void runInSession(session, async () => {
    const seen = await (value === undefined ? read(user) : write(user, value));
    const route = routes.get(session) ?? '';
    const reply: PairReply = { id, value: seen, route, position: await db.settle(session) };
    process.send?.(reply);
  });
});
process.on('disconnect', () => void db.destroy());

async function read(user: string): Promise<number> {
  const row = await db.selectFrom('note').select('value').where('author', '=', user).executeTakeFirst();
  return row?.value ?? -1;
}

async function write(user: string, value: number): Promise<number> {
  await db.updateTable('note').set({ value }).where('author', '=', user).execute();
  return value;
}
