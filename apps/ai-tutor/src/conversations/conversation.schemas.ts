import { ProblemBody } from '@ganitagya/service';
import { Type } from 'typebox';
import { Answer } from '../answers/answer.ts';

const Uuid = Type.String({ format: 'uuid' });
const Timestamp = Type.Unsafe<Date>({ type: 'string', format: 'date-time' });

const Head = {
  id: Uuid,
  title: Type.String(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

export const ConversationParams = Type.Object({ id: Uuid });

const signedIn = { tags: ['conversations'], security: [{ token: [] }] };

export const listSchema = {
  ...signedIn,
  summary: 'My conversations, latest first',
  querystring: Type.Object(
    {
      after: Type.Optional(
        Type.String({ minLength: 1, maxLength: 100, description: 'The `next` of the page before.' }),
      ),
      limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object({
      items: Type.Array(Type.Object(Head)),
      next: Type.Union([Type.String(), Type.Null()], { description: 'Null on the last page.' }),
    }),
    400: ProblemBody,
    401: ProblemBody,
  },
};

export const getSchema = {
  ...signedIn,
  summary: 'One of my conversations with its turns',
  params: ConversationParams,
  response: {
    200: Type.Object({
      ...Head,
      turns: Type.Array(
        Type.Object({ id: Uuid, question: Type.String(), answer: Answer, createdAt: Timestamp }),
      ),
    }),
    401: ProblemBody,
    404: ProblemBody,
  },
};

export const deleteSchema = {
  ...signedIn,
  summary: 'Forget one of my conversations',
  params: ConversationParams,
  response: { 204: Type.Null(), 401: ProblemBody, 404: ProblemBody },
};
