import { Type, type Static } from 'typebox';

/** The settings of this service besides the platform's. */
export const coursesConfig = Type.Object({
  /** Where the auth service publishes its keys. */
  AUTH_JWKS_URL: Type.String({ pattern: '^https?://' }),
});
export type CoursesConfig = Static<typeof coursesConfig>;
