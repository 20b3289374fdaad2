import { randomBytes } from 'node:crypto';
import { hash, parseOptions, verify, type ParsedHashOptions } from '@node-rs/argon2';
import type { HashQueue } from './hash-queue.ts';

/** Cost of one hash. The algorithm is argon2id, the binding's default (its enum of algorithms is empty at run time). */
export interface HashParameters {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane. */
export const HASH_PARAMETERS: HashParameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

// A stored hash names its own cost; one that asks for more than this was not written by us and could exhaust memory.
const MEMORY_COST_CEILING_KIB = 65_536;
const TIME_COST_CEILING = 8;
const PARALLELISM_CEILING = 4;
const ARGON2ID = '$argon2id$';

/** `isValid` is the answer; `needsRehash` says that a valid hash was made with other parameters than today's. */
export interface VerifyResult {
  readonly isValid: boolean;
  readonly needsRehash: boolean;
}

/** A stored hash that cannot be checked safely: malformed, or costlier than the ceiling. */
export class StoredHashRefusedError extends Error {
  override readonly name = 'StoredHashRefusedError';
}

/** Hashes and checks passwords with argon2id on the libuv pool, through the bounded queue. */
export class PasswordHasher {
  readonly #queue: HashQueue;
  readonly #parameters: HashParameters;
  #dummyHash: Promise<string> | undefined;

  constructor(queue: HashQueue, parameters: HashParameters = HASH_PARAMETERS) {
    this.#queue = queue;
    this.#parameters = parameters;
  }

  /** Throws the refusal of a full queue: who is refused anyway should cost neither Redis nor the database anything. */
  assertRoom(): void {
    this.#queue.assertRoom();
  }

  hash(password: string): Promise<string> {
    return this.#queue.run(() => hash(normalized(password), this.#parameters));
  }

  /** Throws `StoredHashRefusedError` instead of running a hash that is not ours. */
  async verify(storedHash: string, password: string): Promise<VerifyResult> {
    const stored = parseStoredHash(storedHash);
    const isValid = await this.#queue.run(() => verify(storedHash, normalized(password)));
    return { isValid, needsRehash: isValid && !(storedHash.startsWith(ARGON2ID) && this.#isCurrent(stored)) };
  }

  /** Does the work of `verify` for an account that does not exist, and is always false. */
  async verifyNothing(password: string): Promise<VerifyResult> {
    // Not through the queue: one hash per process, awaited at boot by `warmUp`.
    this.#dummyHash ??= hash(randomBytes(32), this.#parameters);
    return { ...(await this.verify(await this.#dummyHash, password)), isValid: false, needsRehash: false };
  }

  /** Makes the first login of a process as fast as the others. */
  async warmUp(): Promise<void> {
    await this.verifyNothing('warm-up');
  }

  #isCurrent(stored: ParsedHashOptions): boolean {
    const { memoryCost, timeCost, parallelism } = this.#parameters;
    return (
      stored.memoryCost === memoryCost && stored.timeCost === timeCost && stored.parallelism === parallelism
    );
  }
}

// The same Devanagari word can be typed as different code points on different keyboards.
function normalized(password: string): string {
  return password.normalize('NFKC');
}

function parseStoredHash(storedHash: string): ParsedHashOptions {
  let stored: ParsedHashOptions;
  try {
    stored = parseOptions(storedHash);
  } catch (error) {
    throw new StoredHashRefusedError('The stored password hash is malformed.', { cause: error });
  }
  if (
    stored.memoryCost > MEMORY_COST_CEILING_KIB ||
    stored.timeCost > TIME_COST_CEILING ||
    stored.parallelism > PARALLELISM_CEILING
  ) {
    throw new StoredHashRefusedError('The stored password hash is costlier than the ceiling.');
  }
  return stored;
}
