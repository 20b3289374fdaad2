import { availableParallelism } from 'node:os';
import { createVerifier, type Verifier } from '@ganitagya/identity';
import type { Platform } from '@ganitagya/service';
import { RegistrationService, TAKEN_ANSWERS } from './accounts/registration.service.ts';
import { Backoff, BACKOFF_POLICIES } from './attempts/backoff.ts';
import { MemoryBackoff } from './attempts/memory-backoff.ts';
import { RedisBackoff } from './attempts/redis-backoff.ts';
import { ADDRESS_FAILURES, SignInAttempts } from './attempts/sign-in-attempts.ts';
import type { AuthConfig } from './config.ts';
import { KeyCipher } from './keys/key-cipher.ts';
import { KeyStore } from './keys/key-store.ts';
import { HashQueue } from './passwords/hash-queue.ts';
import { PasswordHasher } from './passwords/password-hasher.ts';
import type { AuthSchema, Executor } from './schema.ts';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from './sessions/access-token.ts';
import { startSessionPurge } from './sessions/session-purge.ts';
import { SessionService } from './sessions/session.service.ts';
import { SignInService } from './sessions/sign-in.service.ts';

/** All that the routes use. */
export interface Dependencies {
  readonly database: Executor;
  readonly keys: KeyStore;
  readonly verifier: Verifier;
  readonly sessions: SessionService;
  readonly signIn: SignInService;
  readonly registration: RegistrationService;
}

/** The composition root. Fails when the database is out or the signing keys do not open. */
export async function createDependencies(platform: Platform<AuthConfig>): Promise<Dependencies> {
  const { config, log } = platform;
  const database = platform.database<AuthSchema>();
  const keys = await KeyStore.open({
    database,
    cipher: new KeyCipher(config.KEY_ENCRYPTION_SECRET),
    onReloadError: (error) => log.warn({ err: error }, 'the signing keys could not be read again'),
  });
  const verifier = createVerifier({
    keys: () => keys.published(),
    issuer: TOKEN_ISSUER,
    audience: TOKEN_AUDIENCE,
  });
  const hashQueue = createHashQueue(config);
  platform.onHealth('passwords', () => ({
    status: hashQueue.isFull ? 'degraded' : 'up',
    hashing: hashQueue.running,
    waiting: hashQueue.waiting,
  }));
  const passwords = new PasswordHasher(hashQueue);
  await passwords.warmUp();
  const purge = startSessionPurge({
    database,
    onError: (error) => log.warn({ err: error }, 'old sessions could not be deleted'),
  });
  platform.onClose(() => purge.stop());
  const sessions = new SessionService({ database, signingKey: () => keys.signingKey() });
  const signIn = new SignInService({ database, passwords, sessions, attempts: createAttempts(platform) });
  const registration = new RegistrationService({
    database,
    passwords,
    sessions,
    takenAnswers: platform.limiter(TAKEN_ANSWERS),
    allowTeacherSignup: config.ALLOW_TEACHER_SIGNUP,
  });
  return { database, keys, verifier, sessions, signIn, registration };
}

// One of libuv's four threads is left to signatures and file access.
const HASHES_AT_ONCE_MAX = 3;

function createHashQueue(config: Platform<AuthConfig>['config']): HashQueue {
  const cores = availableParallelism();
  const workers = config.WORKERS === 'auto' ? cores : config.WORKERS;
  const share = Math.max(1, Math.floor(cores / workers));
  return new HashQueue({
    concurrency: config.HASH_CONCURRENCY ?? Math.min(share, HASHES_AT_ONCE_MAX),
    queueMax: config.HASH_QUEUE_MAX,
    waitMaxMs: config.HASH_WAIT_MAX_MS,
  });
}

function createAttempts(platform: Platform<AuthConfig>): SignInAttempts {
  const shared = platform.redis && new RedisBackoff(platform.redis, 'auth:sign-in:');
  const backoff = new Backoff(shared, new MemoryBackoff(), platform.policies(BACKOFF_POLICIES));
  return new SignInAttempts(backoff, platform.limiter(ADDRESS_FAILURES));
}
