import { identity } from '@ganitagya/identity';
import type { ServiceDefinition } from '@ganitagya/service';
import { askRoutes } from './answers/ask.routes.ts';
import { tutorConfig } from './config.ts';
import { conversationRoutes } from './conversations/conversation.routes.ts';
import { createDependencies } from './dependencies.ts';

/** The tutor: questions, worked solutions, conversations. */
export const tutor: ServiceDefinition<typeof tutorConfig> = {
  name: 'ai-tutor',
  config: tutorConfig,
  docsPath: '/api/ai/docs',
  build: (platform) => {
    const dependencies = createDependencies(platform);
    return async (app) => {
      await app.register(identity, { verifier: dependencies.verifier });

      // For everybody; those without a token share a quota by address.
      await app.register(askRoutes(dependencies));

      // For those who are signed in: their own conversations.
      await app.register(conversationRoutes(dependencies));
    };
  },
};
