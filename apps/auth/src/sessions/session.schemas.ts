import { Type } from 'typebox';
import { Email, UserBody } from '../accounts/account.schemas.ts';
import { PASSWORD_LENGTH_MAX } from '../passwords/password-rules.ts';
import { REFRESH_TOKEN_LENGTH } from './refresh-token.ts';

// Longer than any: what has not the right length is told apart by its answer, not by its shape.
const RefreshToken = Type.String({ minLength: 1, maxLength: 4 * REFRESH_TOKEN_LENGTH });

/** What login takes. */
export const LoginBody = Type.Object(
  { email: Email, password: Type.String({ minLength: 1, maxLength: PASSWORD_LENGTH_MAX }) },
  { additionalProperties: false },
);

/** What refresh takes. */
export const RefreshBody = Type.Object({ refreshToken: RefreshToken }, { additionalProperties: false });

/** A refresh token, or nothing at all when the access token is in the header. */
export const LogoutBody = Type.Union([
  Type.Object({ refreshToken: Type.Optional(RefreshToken) }, { additionalProperties: false }),
  Type.Null(),
]);

/** What register, login and refresh answer. */
export const TokensBody = Type.Object({
  token: Type.String({ description: 'The access token, for the Authorization header.' }),
  refreshToken: Type.String({ description: 'For POST /api/auth/refresh; replaced by each answer of it.' }),
  expiresIn: Type.Integer({ description: 'Seconds the access token lives.' }),
  user: UserBody,
});
