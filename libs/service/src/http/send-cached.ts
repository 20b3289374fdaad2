import { createHash } from 'node:crypto';
import type { Cache } from '@ganitagya/cache';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../errors/problem.ts';
import { cacheControl, cacheRules, type CacheRule } from './cache-rules.ts';

/** A public answer as it goes over the wire. */
interface ReadyAnswer {
  readonly body: Buffer;
  readonly etag: string;
  /** What the answer was made of; purging one of these must drop it everywhere. */
  readonly tags: readonly string[];
}

/** How to answer a public GET from the cache. */
export interface CachedAnswerOptions<Value> {
  readonly cache: Cache;
  /** The canonical form of the question: the same question must always give the same key. */
  readonly key: string;
  /** Loads the answer; undefined says that the thing does not exist, which is remembered for a short while. */
  readonly load: (context: { readonly signal: AbortSignal }) => Promise<Value | undefined>;
  /** The tags that a change to the answer's parts invalidates. */
  readonly tags: (value: Value) => readonly string[];
  /** Tags of the knowledge that the thing does not exist. */
  readonly absentTags?: readonly string[];
  /** The problem to answer when it does not exist. */
  readonly absent: () => Problem;
  readonly ttlMs?: number;
  readonly rule?: CacheRule;
}

const ABSENT_TTL_MS = 30_000;

/** They tell of one client's quota; an answer that others may get from a cache must not carry them. */
const QUOTA_HEADERS = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'] as const;

/**
 * Answers with ready bytes: encoded once, kept in every cache layer, sent with ETag, Cache-Control and Cache-Tag,
 * or as 304. Throws the `absent` problem when the thing does not exist, and what `load` throws.
 */
export async function sendCached<Value>(
  request: FastifyRequest,
  reply: FastifyReply,
  options: CachedAnswerOptions<Value>,
): Promise<FastifyReply> {
  const answer = await options.cache.getOrSet<ReadyAnswer | null>(
    options.key,
    async (context) => {
      const value = await options.load(context);
      return value === undefined ? null : makeReady(value, options.tags(value));
    },
    {
      tags: (ready) => ready?.tags ?? options.absentTags ?? [],
      negative: { ttlMs: ABSENT_TTL_MS, isNegative: (ready) => ready === null },
      ...(options.ttlMs === undefined ? {} : { ttlMs: options.ttlMs }),
    },
  );
  if (answer === null) throw options.absent();
  for (const name of QUOTA_HEADERS) reply.removeHeader(name);
  reply
    .header('etag', answer.etag)
    .header('cache-control', cacheControl(options.rule ?? cacheRules.publicApi))
    .header('cache-tag', answer.tags.join(','));
  if (matchesEtag(request.headers['if-none-match'], answer.etag)) return reply.code(304).send();
  return reply.type('application/json; charset=utf-8').send(answer.body);
}

function makeReady(value: unknown, tags: readonly string[]): ReadyAnswer {
  const body = Buffer.from(JSON.stringify(value));
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22);
  return { body, etag: `"${digest}"`, tags };
}

/** Whether `If-None-Match` names the entity, by the weak comparison of RFC 9110 §13.1.2. */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((candidate) => candidate.trim().replace(/^W\//u, '') === etag);
}
