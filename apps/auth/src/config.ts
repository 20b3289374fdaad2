import { Secret } from '@ganitagya/service';
import { Type, type Static } from 'typebox';

/** The settings of auth, beside the platform's. */
export const authConfig = Type.Object({
  /** Encrypts the private signing keys in the database. Whoever changes it must delete the stored keys. */
  KEY_ENCRYPTION_SECRET: Secret(),
  /** May people make themselves teachers? Else only an administrator does. */
  ALLOW_TEACHER_SIGNUP: Type.Boolean({ default: false }),
  /** Password hashes at once in one process; unset: its share of the cores, 3 at most. */
  HASH_CONCURRENCY: Type.Optional(Type.Integer({ minimum: 1, maximum: 64 })),
  /** Sign-ins that may wait for a hash in one process; more are refused with 503. */
  HASH_QUEUE_MAX: Type.Integer({ minimum: 0, maximum: 10_000, default: 64 }),
  HASH_WAIT_MAX_MS: Type.Integer({ minimum: 1, maximum: 30_000, default: 2_000 }),
});

/** The settings of auth, read and checked. */
export type AuthConfig = Static<typeof authConfig>;
