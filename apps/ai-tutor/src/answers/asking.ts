import { limitKey, type Limiter } from '@ganitagya/service';
import type { FastifyRequest } from 'fastify';
import type { ConversationService } from '../conversations/conversation.service.ts';
import { errors } from '../errors.ts';
import type { Answer } from './answer.ts';
import type { AnswerListener, AnswerService, Question } from './answer.service.ts';

/** How many questions a minute: for one signed-in user, and for all without a token at one address. */
export interface AskLimits {
  readonly user: Limiter;
  readonly anonymous: Limiter;
}

/** A question that was let in. */
export interface Asked {
  readonly question: Question;
  readonly userId: string | undefined;
  readonly conversationId: string | undefined;
}

interface AskingOptions {
  readonly answers: AnswerService;
  readonly conversations: ConversationService;
  readonly limits: AskLimits;
}

/** Lets a question in, has it answered, and keeps the exchange of a signed-in student. */
export class Asking {
  readonly #options: AskingOptions;

  constructor(options: AskingOptions) {
    this.#options = options;
  }

  /** Throws 429 over the quota, 404 for a conversation that is not the student's, 401 for one without a token. */
  async admit(
    request: FastifyRequest,
    asked: Omit<Question, 'history'>,
    conversationId: string | undefined,
  ): Promise<Asked> {
    const { limits, conversations } = this.#options;
    const limiter = request.principal === undefined ? limits.anonymous : limits.user;
    const { allowed, retryAfterS } = await limiter.consume(limitKey(request));
    if (!allowed) throw errors.tooManyQuestions(retryAfterS);
    const userId = request.principal?.userId;
    if (conversationId === undefined) return { question: { ...asked, history: [] }, userId, conversationId };
    if (userId === undefined) throw errors.conversationNeedsUser();
    const history = await conversations.recentTurns(userId, conversationId);
    return { question: { ...asked, history }, userId, conversationId };
  }

  async answer(asked: Asked, listener: AnswerListener, signal: AbortSignal): Promise<Answer> {
    const { answers, conversations } = this.#options;
    const answer = await answers.answer(asked.question, listener, signal);
    if (asked.userId === undefined) return answer;
    const conversationId = await conversations.keep(
      asked.userId,
      asked.conversationId,
      asked.question.question,
      answer,
    );
    return conversationId === undefined ? answer : { ...answer, conversationId };
  }
}
