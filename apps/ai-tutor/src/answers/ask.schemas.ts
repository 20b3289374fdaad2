import { ProblemBody } from '@ganitagya/service';
import { Type } from 'typebox';
import { Answer } from './answer.ts';

const CONTEXT_LENGTH_MAX = 4_000;

export const AskBody = Type.Object({
  question: Type.String({ minLength: 1, maxLength: 2_000, pattern: '\\S' }),
  /** What the student is looking at; only the model reads it. */
  context: Type.Optional(
    Type.Union([
      Type.String({ maxLength: CONTEXT_LENGTH_MAX }),
      Type.Object({}, { maxProperties: 20, additionalProperties: true }),
    ]),
  ),
  language: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('hi')])),
  conversationId: Type.Optional(Type.String({ format: 'uuid' })),
});

/** The context as the model gets it. */
export function contextText(context: string | object | undefined): string | undefined {
  if (context === undefined) return undefined;
  return (typeof context === 'string' ? context : JSON.stringify(context)).slice(0, CONTEXT_LENGTH_MAX);
}

export const askSchema = {
  summary: 'Ask the tutor',
  description:
    'Works without a token, under a tighter quota. With `Accept: text/event-stream` the answer comes as server-sent events: ' +
    '`step`, `citation` and `token` as they are known, then `done` with the whole answer, which replaces the tokens, or `error`.',
  tags: ['tutor'],
  body: AskBody,
  response: {
    200: Answer,
    400: ProblemBody,
    401: ProblemBody,
    404: ProblemBody,
    429: ProblemBody,
    503: ProblemBody,
  },
};
