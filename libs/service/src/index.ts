import './principal.ts';

export { List, loadConfig, Secret, splitList, ConfigError } from './config/load-config.ts';
export { platformConfig, type PlatformConfig } from './config/platform-config.ts';
export type { RequestDeadline } from './deadlines/request-deadline.ts';
export { remainingMs, timeoutHeader } from './deadlines/timeout-header.ts';
export { Problem, problem, type FieldFault } from './errors/problem.ts';
export { ProblemBody } from './errors/problem-schema.ts';
export { cacheControl, cacheRules, PRIVATE_NO_STORE, type CacheRule } from './http/cache-rules.ts';
export { matchesEtag, sendCached, type CachedAnswerOptions } from './http/send-cached.ts';
export { TOKEN_REQUIRED } from './http/token-required.ts';
export { limitKey } from './limits/rate-limits.ts';
export { Limiter, type LimitRule, type LimitVerdict } from './limits/limiter.ts';
export { openService, type Service } from './open-service.ts';
export type { Principal, Role } from './principal.ts';
export type { Platform, ServiceDefinition, ServiceRoutes } from './platform.ts';
export { runMigrations } from './run-migrations.ts';
export { runService } from './run-service.ts';
export { RestartDelay } from './workers/restart-delay.ts';
