// The benchmarks' Redis: what is not a test may not import it directly.
export { startRedis, waitFor, type RedisServer } from '@ganitagya/testing';
