import type { Redis } from '@ganitagya/cache';
import { GuardedRedis } from '../guarded-redis.ts';

/** How long a position counts: every replica that may serve shows what is older. */
export const REMEMBERED_MS = 30_000;

/** Answers what is known, and leaves the reader's mark, in one round trip. */
const OPEN = `
local known = redis.call('HMGET', KEYS[1], 'position', 'reader')
redis.call('HSET', KEYS[1], 'reader', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return known`;

/**
 * For each user: keeps the later position (of fixed width, so text order is theirs), and takes the mark away if it is
 * still this one.
 */
const SAVE = `
for i, key in ipairs(KEYS) do
  local position, reader = ARGV[2 * i], ARGV[2 * i + 1]
  local known = redis.call('HMGET', key, 'position', 'reader')
  if position ~= '' and (not known[1] or known[1] < position) then redis.call('HSET', key, 'position', position) end
  if known[2] == reader then redis.call('HDEL', key, 'reader') end
  redis.call('PEXPIRE', key, ARGV[1])
end`;

/** What all processes know of a user. */
export interface KnownPosition {
  /** What the user has written and read so far, at least. */
  readonly position: string | undefined;
  /** The mark of who reads for the user and has not told yet how far. */
  readonly reader: string | undefined;
}

/** How far a user has come. */
export interface ReachedPosition {
  readonly userId: string;
  /** Undefined when that is nowhere. */
  readonly position: string | undefined;
  /** To be taken away: nothing is left to tell. */
  readonly reader?: string | undefined;
}

const NOTHING: KnownPosition = { position: undefined, reader: undefined };
/** So many fit into the time that Redis is given. */
const SAVED_AT_ONCE_MAX = 500;

/** Remembers in Redis for 30 s how far users have come. While Redis is out it knows nothing, and costs nothing. */
export class PositionStore {
  readonly #redis: GuardedRedis;
  readonly #prefix: string;

  constructor(redis: Redis | undefined, prefix: string, budgetMs?: number) {
    this.#redis = new GuardedRedis(redis, budgetMs);
    this.#prefix = prefix;
  }

  /** What is known of a user, whose reads `reader` is about to do. */
  open(userId: string, reader: string): Promise<KnownPosition> {
    return this.#redis.ask(
      async (redis) => {
        const known = await redis.eval(OPEN, 1, this.#prefix + userId, reader, REMEMBERED_MS);
        const [position, before] = known as [string | null, string | null];
        return { position: position ?? undefined, reader: before ?? undefined };
      },
      () => NOTHING,
    );
  }

  /** Remembers positions, many in one round trip; an older one than is known changes nothing. */
  async save(reached: readonly ReachedPosition[]): Promise<void> {
    for (let start = 0; start < reached.length; start += SAVED_AT_ONCE_MAX) {
      const some = reached.slice(start, start + SAVED_AT_ONCE_MAX);
      await this.#redis.ask(
        (redis) => {
          const keys = some.map(({ userId }) => this.#prefix + userId);
          const values = some.flatMap(({ position, reader = '' }) => [fixedWidth(position), reader]);
          return redis.eval(SAVE, keys.length, ...keys, REMEMBERED_MS, ...values);
        },
        () => undefined,
      );
    }
  }
}

/** `0/3000060` becomes `00000000/03000060`, which sorts as text and which Postgres reads as well. */
function fixedWidth(position = ''): string {
  if (position === '') return '';
  return position
    .split('/')
    .map((half) => half.toUpperCase().padStart(8, '0'))
    .join('/');
}
