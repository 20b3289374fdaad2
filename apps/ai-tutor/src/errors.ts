import { problem, type Problem } from '@ganitagya/service';

/** The closed catalogue of what the tutor refuses. The codes are part of the contract. */
export const errors = {
  /** Also for a conversation of somebody else: nobody may learn that it exists. */
  conversationUnknown: (): Problem => problem.notFound('conversation.unknown', 'No such conversation.'),
  conversationNeedsUser: (): Problem =>
    problem.unauthorized('conversation.needs_user', 'Sign in to go on with a conversation.'),
  cursorInvalid: (): Problem =>
    problem.badRequest('cursor.invalid', 'The cursor is not one of ours.', {
      errors: [{ field: '/querystring/after', message: 'is not a cursor of this list' }],
    }),
  tooManyQuestions: (retryAfterS: number): Problem =>
    problem.tooManyRequests('tutor.too_many_questions', 'Too many questions; wait a little.', retryAfterS),
} as const;
