import type { FastifyBaseLogger } from 'fastify';
import type { Answer } from '../answers/answer.ts';
import { errors } from '../errors.ts';
import type { PastTurn } from '../model/prompt.ts';
import type { Executor } from '../schema.ts';
import {
  deleteConversation,
  findConversation,
  insertConversation,
  insertTurn,
  listConversations,
  listLatestTurns,
} from './conversation.repository.ts';
import type { ConversationHead, Turn } from './conversation.repository.ts';

/** How much of a student's past is kept. */
export const CONVERSATIONS_MAX = 100;
export const TURNS_MAX = 100;

const RECALLED_TURNS = 4;
const TITLE_LENGTH_MAX = 80;

interface ConversationServiceOptions {
  readonly database: Executor;
  readonly log: FastifyBaseLogger;
}

/** What signed-in students asked, for their eyes only. */
export class ConversationService {
  readonly #options: ConversationServiceOptions;

  constructor(options: ConversationServiceOptions) {
    this.#options = options;
  }

  list(userId: string, before: string | undefined, limit: number): Promise<ConversationHead[]> {
    return listConversations(this.#options.database, userId, before, limit);
  }

  /** Throws the 404 for an unknown one and for somebody else's. */
  async get(userId: string, id: string): Promise<ConversationHead & { readonly turns: Turn[] }> {
    const { database } = this.#options;
    const head = await findConversation(database, userId, id);
    if (!head) throw errors.conversationUnknown();
    return { ...head, turns: await listLatestTurns(database, id, TURNS_MAX) };
  }

  async delete(userId: string, id: string): Promise<void> {
    if (!(await deleteConversation(this.#options.database, userId, id))) throw errors.conversationUnknown();
  }

  /** The last exchanges, for the model; throws the 404 like `get`. */
  async recentTurns(userId: string, id: string): Promise<PastTurn[]> {
    const { database } = this.#options;
    if (!(await findConversation(database, userId, id))) throw errors.conversationUnknown();
    const turns = await listLatestTurns(database, id, RECALLED_TURNS);
    return turns.map(({ question, answer }) => ({ question, answer: answer.answer }));
  }

  /**
   * Keeps an exchange, in a new conversation unless one is given; returns its id. Without the database the student
   * still gets the answer: undefined then.
   */
  async keep(
    userId: string,
    id: string | undefined,
    question: string,
    answer: Answer,
  ): Promise<string | undefined> {
    const { database, log } = this.#options;
    try {
      return await database.transaction().execute(async (transaction) => {
        const conversationId =
          id ?? (await insertConversation(transaction, userId, titleFor(question), CONVERSATIONS_MAX));
        await insertTurn(transaction, conversationId, question, answer, TURNS_MAX);
        return conversationId;
      });
    } catch (error) {
      log.warn({ err: error }, 'the exchange could not be kept');
      return undefined;
    }
  }
}

function titleFor(question: string): string {
  return Array.from(question.replace(/\s+/g, ' ').trim()).slice(0, TITLE_LENGTH_MAX).join('');
}
