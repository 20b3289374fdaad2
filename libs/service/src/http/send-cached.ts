import { createHash } from 'node:crypto';
import type { Cache } from '@ganitagya/cache';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { waitWithin } from '../deadlines/wait-within.ts';
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
const TYPE = 'application/json; charset=utf-8';

/** What a rule says, said once. */
const controls = new Map<CacheRule, string>(
  Object.values(cacheRules).map((rule) => [rule, cacheControl(rule)]),
);

/**
 * Answers with ready bytes: encoded once, kept in every cache layer, sent with ETag, Cache-Control and Cache-Tag,
 * or as 304; at once when they are in memory. Throws the `absent` problem when the thing does not exist, and what `load`
 * throws.
 */
export function sendCached<Value>(
  request: FastifyRequest,
  reply: FastifyReply,
  options: CachedAnswerOptions<Value>,
): FastifyReply | Promise<FastifyReply> {
  const kept = options.cache.peek<ReadyAnswer | null>(options.key);
  if (kept !== undefined) return sendReady(request, reply, kept, options);
  const { deadline } = request as Partial<FastifyRequest>;
  return waitWithin(deadline, fetchReady(options)).then((answer) =>
    sendReady(request, reply, answer, options),
  );
}

function fetchReady<Value>({
  cache,
  key,
  load,
  tags,
  absentTags,
  ttlMs,
}: CachedAnswerOptions<Value>): Promise<ReadyAnswer | null> {
  return cache.getOrSet<ReadyAnswer | null>(
    key,
    async (context) => {
      const value = await load(context);
      return value === undefined ? null : makeReady(value, tags(value));
    },
    {
      tags: (ready) => ready?.tags ?? absentTags ?? [],
      negative: { ttlMs: ABSENT_TTL_MS, isNegative: (ready) => ready === null },
      ...(ttlMs === undefined ? {} : { ttlMs }),
    },
  );
}

function sendReady<Value>(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: ReadyAnswer | null,
  { absent, rule = cacheRules.publicApi }: CachedAnswerOptions<Value>,
): FastifyReply {
  if (answer === null) throw absent();
  // It tells of one client; an answer that others may get from a cache must not.
  request.quota = undefined;
  const { body, etag, tags } = answer;
  reply
    .header('etag', etag)
    .header('cache-control', controls.get(rule) ?? cacheControl(rule))
    .header('cache-tag', tags.join(','));
  if (matchesEtag(request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.type(TYPE).send(body);
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
