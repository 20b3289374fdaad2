import type { Redis } from '@ganitagya/cache';
import { Batch, BATCH_MAX } from '../batch.ts';
import { GuardedRedis } from '../guarded-redis.ts';

/** How long a position counts: every replica that may serve shows what is older. */
export const REMEMBERED_MS = 30_000;

/** For each user: answers what is known, and leaves the reader's mark. */
const OPEN = `
local known = {}
for i, key in ipairs(KEYS) do
  local before = redis.call('HMGET', key, 'position', 'reader')
  redis.call('HSET', key, 'reader', ARGV[1 + i])
  redis.call('PEXPIRE', key, ARGV[1])
  known[2 * i - 1] = before[1]
  known[2 * i] = before[2]
end
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

/** Who is about to read for a user. */
interface Opening {
  readonly userId: string;
  readonly reader: string;
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

/** Remembers in Redis for 30 s how far users have come. While Redis is out it knows nothing, and costs nothing. */
export class PositionStore {
  readonly #redis: GuardedRedis;
  readonly #prefix: string;
  readonly #openings = new Batch((openings: readonly Opening[]) => this.#openAll(openings));

  constructor(redis: Redis | undefined, prefix: string, budgetMs?: number) {
    this.#redis = new GuardedRedis(redis, budgetMs);
    this.#prefix = prefix;
  }

  /** What is known of a user, whose reads `reader` is about to do. Requests of one turn of the loop ask together. */
  open(userId: string, reader: string): Promise<KnownPosition> {
    return this.#openings.ask({ userId, reader });
  }

  /** Remembers positions, many in one round trip; an older one than is known changes nothing. */
  async save(reached: readonly ReachedPosition[]): Promise<void> {
    for (let start = 0; start < reached.length; start += BATCH_MAX) {
      const some = reached.slice(start, start + BATCH_MAX);
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

  #openAll(openings: readonly Opening[]): Promise<readonly KnownPosition[]> {
    return this.#redis.ask(
      async (redis) => {
        const keys = openings.map(({ userId }) => this.#prefix + userId);
        const readers = openings.map(({ reader }) => reader);
        const known = (await redis.eval(OPEN, keys.length, ...keys, REMEMBERED_MS, ...readers)) as Known;
        return openings.map((_opening, index) => ({
          position: known[2 * index] ?? undefined,
          reader: known[2 * index + 1] ?? undefined,
        }));
      },
      () => openings.map(() => NOTHING),
    );
  }
}

/** Position and reader of one user after the other. */
type Known = readonly (string | null)[];

/** `0/3000060` becomes `00000000/03000060`, which sorts as text and which Postgres reads as well. */
function fixedWidth(position = ''): string {
  if (position === '') return '';
  return position
    .split('/')
    .map((half) => half.toUpperCase().padStart(8, '0'))
    .join('/');
}
