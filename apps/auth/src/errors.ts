import { problem, type Problem } from '@ganitagya/service';

/** The closed catalogue of what auth refuses. The codes are part of the contract. */

/** One answer for an unknown account and for a wrong password. */
export function credentialsWrong(): Problem {
  return problem.unauthorized('auth.credentials_wrong', 'The e-mail address or the password is wrong.');
}

/** There is an account with this e-mail address. */
export function emailTaken(): Problem {
  return problem.conflict('auth.email_taken', 'There is an account with this e-mail address.');
}

/** The address has more characters in the form it is stored in than in the one that was typed. */
export function emailTooLong(lengthMax: number): Problem {
  const message = `must NOT have more than ${lengthMax} characters`;
  return problem.badRequest('input.invalid', 'The body is not as expected.', {
    errors: [{ field: '/body/email', message }],
  });
}

/** The password is one of those that are guessed first. */
export function passwordCommon(): Problem {
  return passwordRefused(
    'auth.password_common',
    'This password is one of the most common ones; choose another.',
  );
}

/** The password is the owner's name or address. */
export function passwordPersonal(): Problem {
  return passwordRefused(
    'auth.password_personal',
    'The password must not be your name or your e-mail address.',
  );
}

/** Nobody may make themselves a teacher here. */
export function roleNotOpen(): Problem {
  return problem.forbidden('auth.role_not_open', 'Accounts of this role are made by an administrator.');
}

/** The session was ended, has expired, or its refresh token was used again. */
export function sessionEnded(): Problem {
  return problem.unauthorized('auth.session_ended', 'The session has ended; sign in again.');
}

/** The text is not a refresh token of ours. */
export function refreshTokenInvalid(): Problem {
  return problem.unauthorized('auth.refresh_token_invalid', 'The refresh token is not valid.');
}

/** Logout was called with neither an access token nor a refresh token. */
export function tokenMissing(): Problem {
  return problem.unauthorized(
    'auth.token_missing',
    'Send the access token or the refresh token of the session.',
  );
}

/** The access token is not valid or has expired. */
export function accessTokenInvalid(cause: unknown): Problem {
  return problem.unauthorized('auth.token_invalid', 'The access token is not valid or has expired.', {
    cause,
  });
}

/** Failures have used up what is free; `retryAfterS` says when to try again. */
export function tooManyAttempts(retryAfterS: number): Problem {
  return problem.tooManyRequests(
    'auth.too_many_attempts',
    'Too many attempts; wait before the next.',
    retryAfterS,
  );
}

function passwordRefused(code: string, message: string): Problem {
  return problem.badRequest(code, message, { errors: [{ field: '/body/password', message }] });
}
