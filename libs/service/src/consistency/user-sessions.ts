import { randomBytes } from 'node:crypto';
import { createSession, type Database, type Session } from '@ganitagya/database';
import { REMEMBERED_MS, type PositionStore } from './position-store.ts';

/** What a user's requests in this process have in common. */
export interface UserSession {
  readonly userId: string;
  session: Session;
  requests: number;
  /** What says in Redis that this process reads for the user. */
  mark: string;
  usedAtMs: number;
  endedAtMs: number;
  savedPosition: string | undefined;
}

/** Longer than hosts go without a probe, so that the regular one tells how far the reads have seen. */
const SETTLE_AFTER_MS = 300;
const USERS_MAX = 20_000;
const LAST_POSITION = 0xffff_ffff_ffff_ffffn;

/** Where another process has read: only where the primary stands after that is surely no less. Never twice the same. */
const ELSEWHERE = { position: undefined, shown: undefined, incarnation: NaN } as const;

/**
 * Holds users to what their requests have seen, in this process and in others. Requests of a user in one process share a
 * session, so the next one reads where the last one did and nobody needs to ask how far that is. For the others, a mark
 * in Redis says that there is something to tell; it becomes a position when the hosts' next probes have told it.
 */
export class UserSessions {
  readonly #store: PositionStore;
  readonly #database: () => Database<unknown> | undefined;
  readonly #process = randomBytes(6).toString('base64url');
  /** The user seen last is last. */
  readonly #users = new Map<string, UserSession>();
  /** Who has no request under way and is not settled; who ended last is last. */
  readonly #ended = new Set<UserSession>();
  #marks = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: PositionStore, database: () => Database<unknown> | undefined) {
    this.#store = store;
    this.#database = database;
  }

  /** Begins a request of a user, in one round trip to Redis; undefined where there is no database. */
  enter(userId: string): Promise<UserSession> | undefined {
    const database = this.#database();
    return database && this.#open(userId, database);
  }

  /** Ends a request: what it has read is told to other processes after the next probes. */
  leave(user: UserSession): void {
    user.requests -= 1;
    if (user.requests > 0) return;
    user.endedAtMs = performance.now();
    this.#ended.delete(user);
    this.#ended.add(user);
    this.#schedule(SETTLE_AFTER_MS);
  }

  /** Tells other processes what was written, before the user knows that it was; undefined when there is nothing new. */
  saveWrites(user: UserSession): Promise<void> | undefined {
    if (!user.session.wrote) return undefined;
    const { position } = user.session;
    if (position === undefined || position === user.savedPosition) return undefined;
    user.savedPosition = position;
    return this.#store.save([{ userId: user.userId, position }]);
  }

  /** Ends the wait for probes; what is not told yet stays marked. */
  close(): void {
    clearTimeout(this.#timer);
    this.#ended.clear();
  }

  async #open(userId: string, database: Database<unknown>): Promise<UserSession> {
    const known = this.#known(userId);
    const user = known ?? newUser(userId);
    this.#use(user);
    user.requests += 1;
    user.mark = `${this.#process}:${(this.#marks += 1)}`;
    const { position, reader } = await this.#store.open(userId, user.mark);
    if (position !== undefined) user.session.advance(position);
    const isOwn = known !== undefined && reader?.startsWith(`${this.#process}:`) === true;
    if (reader !== undefined && !isOwn) user.session.beginRead(ELSEWHERE)();
    if (user.session.unsettledHosts.includes(ELSEWHERE) && !hasPrimary(database)) goOnFromWhatIsKnown(user);
    return user;
  }

  #known(userId: string): UserSession | undefined {
    const user = this.#users.get(userId);
    return user !== undefined && !isForgotten(user) ? user : undefined;
  }

  #use(user: UserSession): void {
    user.usedAtMs = performance.now();
    this.#users.delete(user.userId);
    this.#users.set(user.userId, user);
    for (const [userId, oldest] of this.#users) {
      if (this.#users.size <= USERS_MAX && !isForgotten(oldest)) break;
      this.#users.delete(userId);
    }
  }

  #schedule(delayMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#settle();
    }, delayMs).unref();
  }

  async #settle(): Promise<void> {
    const database = this.#database();
    const due: UserSession[] = [];
    const now = performance.now();
    for (const user of this.#ended) {
      const waitMs = user.endedAtMs + SETTLE_AFTER_MS - now;
      if (waitMs > 0) {
        this.#schedule(waitMs);
        break;
      }
      this.#ended.delete(user);
      if (user.requests === 0) due.push(user);
    }
    if (database === undefined) return;
    const settled = await Promise.all(due.map((user) => settle(user, database)));
    await this.#store.save(settled.filter((each) => each !== undefined));
  }
}

/** How far a user has come, if that is known and nothing has begun meanwhile. */
async function settle(user: UserSession, database: Database<unknown>) {
  const { session, mark, userId } = user;
  const position = await database.settle(session);
  if (user.requests > 0 || !session.isSettled || !hasEndedWrites(session)) return undefined;
  user.session = createSession(position);
  user.savedPosition = position;
  return { userId, position, reader: mark };
}

/** Without a primary nobody tells how far reads elsewhere have seen; only the user's own writes are worth a refusal. */
function goOnFromWhatIsKnown(user: UserSession): void {
  if (hasEndedWrites(user.session)) user.session = createSession(user.session.position);
}

/** Whether no write is under way, and the end of none is unknown. */
function hasEndedWrites(session: Session): boolean {
  return session.canReadAt(LAST_POSITION);
}

function newUser(userId: string): UserSession {
  return {
    userId,
    session: createSession(),
    requests: 0,
    mark: '',
    usedAtMs: 0,
    endedAtMs: 0,
    savedPosition: undefined,
  };
}

function isForgotten({ requests, usedAtMs }: UserSession): boolean {
  return requests === 0 && performance.now() - usedAtMs > REMEMBERED_MS;
}

function hasPrimary(database: Database<unknown>): boolean {
  return database.hosts().some(({ role, state }) => role === 'primary' && state === 'up');
}
