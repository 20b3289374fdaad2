import { Type, type Static } from 'typebox';

const Url = () => Type.String({ pattern: '^https?://' });
const HOUR_MS = 3_600_000;

/** The settings of this service besides the platform's. */
export const tutorConfig = Type.Object({
  /** Where the auth service publishes its keys. */
  AUTH_JWKS_URL: Url(),
  /** The courses service, for example `http://127.0.0.1:3002`; its public feed fills the search index. */
  COURSES_URL: Url(),
  /** The longest between two looks at the feed. */
  TUTOR_FEED_INTERVAL_MS: Type.Integer({ minimum: 100, maximum: HOUR_MS, default: 60_000 }),
  /** How long lessons that were found for some words count as fresh; a change of the lessons is seen at once all the same. */
  TUTOR_LESSONS_FRESH_MS: Type.Integer({ minimum: 100, maximum: HOUR_MS, default: 600_000 }),
  /** How much longer they, and solutions, are used while they are made anew or while that fails: an evening. */
  TUTOR_STALE_MS: Type.Integer({ minimum: 0, maximum: 24 * HOUR_MS, default: 4 * HOUR_MS }),

  TUTOR_SOLVER_WORKERS: Type.Integer({ minimum: 1, maximum: 16, default: 1 }),
  TUTOR_SOLVER_QUEUE_MAX: Type.Integer({ minimum: 1, maximum: 10_000, default: 64 }),
  TUTOR_SOLVER_WAIT_MAX_MS: Type.Integer({ minimum: 10, maximum: 30_000, default: 3_000 }),
  /** After this time a task is given up and its worker replaced. */
  TUTOR_SOLVER_TIME_LIMIT_MS: Type.Integer({ minimum: 50, maximum: 30_000, default: 1_500 }),
  /** A worker is replaced after so many tasks: the engine's memory grows. */
  TUTOR_SOLVER_TASKS_PER_WORKER: Type.Integer({ minimum: 1, default: 2_000 }),

  TUTOR_ASKS_USER_PER_MINUTE: Type.Integer({ minimum: 1, default: 60 }),
  /** For all who share an address and have no token. */
  TUTOR_ASKS_ANONYMOUS_PER_MINUTE: Type.Integer({ minimum: 1, default: 120 }),

  /** Any OpenAI-compatible endpoint, up to and including `/v1`; unset: no model is used. */
  TUTOR_LLM_URL: Type.Optional(Url()),
  TUTOR_LLM_MODEL: Type.String({ minLength: 1, default: 'default' }),
  TUTOR_LLM_KEY: Type.Optional(Type.String({ minLength: 1 })),
  /** The longest a whole explanation may take. */
  TUTOR_LLM_TIMEOUT_MS: Type.Integer({ minimum: 100, maximum: 60_000, default: 8_000 }),
  TUTOR_LLM_CONCURRENT_MAX: Type.Integer({ minimum: 1, maximum: 1_000, default: 16 }),
  TUTOR_LLM_TOKENS_MAX: Type.Integer({ minimum: 50, maximum: 4_000, default: 800 }),
});

/** The settings of the tutor, read and checked. */
export type TutorConfig = Static<typeof tutorConfig>;
