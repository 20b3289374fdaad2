import { Problem, type ServiceRoutes } from '@ganitagya/service';
import type { FastifyReply } from 'fastify';
import type { AnswerListener } from './answer.service.ts';
import { askSchema, contextText } from './ask.schemas.ts';
import type { Asked, Asking } from './asking.ts';
import { EventStream } from './event-stream.ts';

const BODY_BYTES_MAX = 32 * 1024;
/** Whatever happens, nobody waits longer for an answer. */
const ANSWER_TIME_MAX_MS = 90_000;

const silent: AnswerListener = { step: () => undefined, citation: () => undefined, token: () => undefined };

/** Those who learn here come first; who only tries it out comes after everybody else. */
const priority = { withToken: 'reading', withoutToken: 'background' } as const;

/** `POST /api/ai/tutor/ask`, for everybody. */
export function askRoutes({ asking }: { readonly asking: Asking }): ServiceRoutes {
  return async (app) => {
    app.post(
      '/api/ai/tutor/ask',
      {
        bodyLimit: BODY_BYTES_MAX,
        schema: askSchema,
        config: { timeoutMs: ANSWER_TIME_MAX_MS, priority, latencyObjective: 'none' },
      },
      async (request, reply) => {
        const { question, context, language, conversationId } = request.body;
        const asked = await asking.admit(
          request,
          { question, language, context: contextText(context) },
          conversationId,
        );
        const { signal } = request.deadline;
        if (!(request.headers.accept ?? '').includes('text/event-stream'))
          return asking.answer(asked, silent, signal);
        return streamAnswer(asking, asked, reply, signal);
      },
    );
  };
}

function streamAnswer(asking: Asking, asked: Asked, reply: FastifyReply, signal: AbortSignal): FastifyReply {
  const events = new EventStream();
  const listener: AnswerListener = {
    step: (step) => events.send('step', step),
    citation: (citation) => events.send('citation', citation),
    token: (text) => events.send('token', { text }),
  };
  asking
    .answer(asked, listener, signal)
    .then(
      (answer) => events.send('done', answer),
      (error: unknown) => {
        if (!signal.aborted) reply.log.error({ err: error }, 'the answer broke off');
        events.send('error', problemOf(error));
      },
    )
    .finally(() => events.close());
  return reply
    .type('text/event-stream; charset=utf-8')
    .header('cache-control', 'private, no-store')
    .header('x-accel-buffering', 'no')
    .send(events.body);
}

function problemOf(error: unknown): object {
  if (error instanceof Problem) return { code: error.code, detail: error.message };
  return { code: 'internal', detail: 'Something went wrong on our side.' };
}
