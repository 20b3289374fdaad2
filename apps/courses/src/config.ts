import { Type, type Static } from 'typebox';

const HOUR_MS = 3_600_000;

/** The settings of this service besides the platform's. */
export const coursesConfig = Type.Object({
  /** Where the auth service publishes its keys. */
  AUTH_JWKS_URL: Type.String({ pattern: '^https?://' }),
  /** How long what is published counts as fresh; a change is seen at once all the same. */
  COURSES_FRESH_MS: Type.Integer({ minimum: 100, maximum: HOUR_MS, default: HOUR_MS }),
  /** How much longer it is served while it is loaded anew, or while the database gives nothing: an evening. */
  COURSES_STALE_MS: Type.Integer({ minimum: 0, maximum: 24 * HOUR_MS, default: 4 * HOUR_MS }),
});
export type CoursesConfig = Static<typeof coursesConfig>;
