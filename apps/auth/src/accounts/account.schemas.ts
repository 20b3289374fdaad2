import { Type } from 'typebox';
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '../passwords/password-rules.ts';
import { EMAIL_LENGTH_MAX, EMAIL_PATTERN } from './email-address.ts';

/** An address as people type it; compared without case and surrounding spaces. */
export const Email = Type.String({ minLength: 3, maxLength: EMAIL_LENGTH_MAX, pattern: EMAIL_PATTERN });

/** Something to read, without U+0000, which Postgres cannot store, and halves of surrogate pairs. */
const NAME_PATTERN = '^\\s*[^\\s\\u0000\\p{Cs}][^\\u0000\\p{Cs}]*$';

/** A person as the API shows them. */
export const UserBody = Type.Object({
  id: Type.String({ format: 'uuid' }),
  email: Type.String(),
  name: Type.String(),
  role: Type.Union([Type.Literal('student'), Type.Literal('teacher'), Type.Literal('admin')]),
});

/** What registration takes; `role` is `student` unless it says otherwise. */
export const RegisterBody = Type.Object(
  {
    email: Email,
    password: Type.String({ minLength: PASSWORD_LENGTH_MIN, maxLength: PASSWORD_LENGTH_MAX }),
    name: Type.String({ minLength: 1, maxLength: 100, pattern: NAME_PATTERN }),
    role: Type.Optional(
      Type.Union([Type.Literal('student'), Type.Literal('teacher')], { default: 'student' }),
    ),
  },
  { additionalProperties: false },
);
