import { principalOf, requireUser } from '@ganitagya/identity';
import type { ServiceRoutes } from '@ganitagya/service';
import { errors } from '../errors.ts';
import { deleteSchema, getSchema, listSchema } from './conversation.schemas.ts';
import type { ConversationService } from './conversation.service.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A student's own conversations; for those who are signed in. */
export function conversationRoutes({
  conversations,
}: {
  readonly conversations: ConversationService;
}): ServiceRoutes {
  const onRequest = requireUser();
  const config = { priority: 'browsing' } as const;
  return async (app) => {
    app.get('/api/ai/tutor/conversations', { onRequest, schema: listSchema, config }, async (request) => {
      const { after, limit } = request.query;
      const before = after === undefined ? undefined : decodeCursor(after);
      const heads = await conversations.list(principalOf(request).userId, before, limit + 1);
      const items = heads.slice(0, limit);
      const last = items.at(-1);
      return { items, next: heads.length > limit && last ? encodeCursor(last.id) : null };
    });

    app.get('/api/ai/tutor/conversations/:id', { onRequest, schema: getSchema }, async (request) => {
      return conversations.get(principalOf(request).userId, request.params.id);
    });

    app.delete(
      '/api/ai/tutor/conversations/:id',
      { onRequest, schema: deleteSchema, config },
      async (request, reply) => {
        await conversations.delete(principalOf(request).userId, request.params.id);
        return reply.code(204).send(null);
      },
    );
  };
}

/** Opaque to clients: the id of the last conversation of a page. */
function encodeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function decodeCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!UUID.test(id)) throw errors.cursorInvalid();
  return id;
}
