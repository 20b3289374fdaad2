import { createVerifier, type Verifier } from '@ganitagya/identity';
import type { Platform } from '@ganitagya/service';
import { AnswerService } from './answers/answer.service.ts';
import { Asking } from './answers/asking.ts';
import { SolutionCache } from './answers/solution-cache.ts';
import type { TutorConfig } from './config.ts';
import { ConversationService } from './conversations/conversation.service.ts';
import { Explainer, modelPolicy } from './model/explainer.ts';
import { COURSES_POLICY, FeedClient } from './retrieval/feed-client.ts';
import { LessonSearch } from './retrieval/lesson-search.ts';
import { LessonSync } from './retrieval/lesson-sync.ts';
import type { TutorSchema } from './schema.ts';
import { SolverPool } from './solver/solver-pool.ts';

/** All that the routes use. */
export interface Dependencies {
  readonly verifier: Verifier;
  readonly asking: Asking;
  readonly conversations: ConversationService;
}

const MINUTE_MS = 60_000;
/** Without Redis a process learns of another's change by time alone, so it asks before it uses what is old. */
const SOFT_TIMEOUT_MS = 250;

/** The composition root: opens the solver, starts to read the lessons, and closes both with the service. */
export function createDependencies(platform: Platform<TutorConfig>): Dependencies {
  const { config, log, cache } = platform;
  const database = platform.database<TutorSchema>();
  const policies = platform.policies({
    ...COURSES_POLICY,
    ...modelPolicy(config.TUTOR_LLM_TIMEOUT_MS, config.TUTOR_LLM_CONCURRENT_MAX),
  });

  const feed = new FeedClient(config.COURSES_URL, policies);
  const sync = new LessonSync({ database, feed, cache, log, intervalMs: config.TUTOR_FEED_INTERVAL_MS });
  platform.onClose(() => sync.close());
  sync.start();

  const conversations = new ConversationService({ database, log });
  const answers = new AnswerService({
    solutions: new SolutionCache(cache, createSolver(platform), config.TUTOR_STALE_MS),
    lessons: new LessonSearch({
      database,
      cache,
      lifetimes: {
        ttlMs: config.TUTOR_LESSONS_FRESH_MS,
        staleMs: config.TUTOR_STALE_MS,
        softTimeoutMs: platform.redis === undefined ? SOFT_TIMEOUT_MS : 0,
      },
      log,
    }),
    explainer: createExplainer(platform, policies),
    log,
  });
  const limits = {
    user: platform.limiter({
      name: 'ask-user',
      limit: config.TUTOR_ASKS_USER_PER_MINUTE,
      windowMs: MINUTE_MS,
    }),
    anonymous: platform.limiter({
      name: 'ask-anonymous',
      limit: config.TUTOR_ASKS_ANONYMOUS_PER_MINUTE,
      windowMs: MINUTE_MS,
    }),
  };
  return {
    verifier: createVerifier({ jwksUrl: config.AUTH_JWKS_URL }),
    asking: new Asking({ answers, conversations, limits }),
    conversations,
  };
}

function createSolver(platform: Platform<TutorConfig>): SolverPool {
  const { config, log } = platform;
  const solver = new SolverPool({
    workers: config.TUTOR_SOLVER_WORKERS,
    queueMax: config.TUTOR_SOLVER_QUEUE_MAX,
    waitMaxMs: config.TUTOR_SOLVER_WAIT_MAX_MS,
    timeLimitMs: config.TUTOR_SOLVER_TIME_LIMIT_MS,
    tasksPerWorker: config.TUTOR_SOLVER_TASKS_PER_WORKER,
    onWorkerLost: (reason, error) => log.warn({ reason, err: error }, 'a solver worker was lost'),
  });
  platform.onClose(() => solver.close());
  platform.onHealth('solver', () => ({ status: solver.isReady ? 'up' : 'degraded' }));
  return solver;
}

function createExplainer(
  { config, stopping }: Platform<TutorConfig>,
  policies: ConstructorParameters<typeof Explainer>[0]['policies'],
): Explainer | undefined {
  if (config.TUTOR_LLM_URL === undefined) return undefined;
  return new Explainer({
    url: config.TUTOR_LLM_URL,
    model: config.TUTOR_LLM_MODEL,
    apiKey: config.TUTOR_LLM_KEY,
    tokensMax: config.TUTOR_LLM_TOKENS_MAX,
    policies,
    stopping,
  });
}
