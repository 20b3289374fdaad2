export { cacheControl, cacheRules, PRIVATE_NO_STORE, type CacheRule } from './http/cache-rules.ts';
