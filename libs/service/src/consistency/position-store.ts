import type { Redis } from '@ganitagya/cache';
import { GuardedRedis } from '../guarded-redis.ts';

const TTL_S = 30;
const KEYS_MAX = 20_000;

/** Keeps the later of the stored and the given position; positions are of fixed width, so text order is theirs. */
const SAVE = `
local known = redis.call('GET', KEYS[1])
if known and known > ARGV[1] then redis.call('EXPIRE', KEYS[1], ARGV[2]) return known end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return ARGV[1]`;

/**
 * Remembers for 30 s up to which position of the primary a user has written, so that the user's next request,
 * in whichever process, reads at least that. While Redis is out the memory of this process stands in.
 */
export class PositionStore {
  readonly #redis: GuardedRedis;
  readonly #prefix: string;
  readonly #memory = new Map<string, { readonly position: string; readonly expiresAt: number }>();

  constructor(redis: Redis | undefined, prefix: string) {
    this.#redis = new GuardedRedis(redis);
    this.#prefix = prefix;
  }

  /** The latest known position of a user. */
  async load(userId: string): Promise<string | undefined> {
    const own = this.#memory.get(userId);
    const remembered = own !== undefined && own.expiresAt > Date.now() ? own.position : undefined;
    const shared = await this.#redis.ask(
      (redis) => redis.get(this.#prefix + userId),
      () => null,
    );
    return later(remembered, shared ?? undefined);
  }

  /** Remembers a position; an older one than is known changes nothing. */
  async save(userId: string, position: string): Promise<void> {
    const comparable = fixedWidth(position);
    const known = this.#memory.get(userId)?.position;
    this.#memory.delete(userId);
    this.#makeRoom();
    this.#memory.set(userId, {
      position: later(known, comparable) ?? comparable,
      expiresAt: Date.now() + TTL_S * 1000,
    });
    await this.#redis.ask(
      (redis) => redis.eval(SAVE, 1, this.#prefix + userId, comparable, TTL_S),
      () => undefined,
    );
  }

  #makeRoom(): void {
    if (this.#memory.size < KEYS_MAX) return;
    const oldest = this.#memory.keys().next();
    if (oldest.done === false) this.#memory.delete(oldest.value);
  }
}

/** `0/3000060` becomes `00000000/03000060`, which sorts as text and which Postgres reads as well. */
function fixedWidth(position: string): string {
  return position
    .split('/')
    .map((half) => half.toUpperCase().padStart(8, '0'))
    .join('/');
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}
