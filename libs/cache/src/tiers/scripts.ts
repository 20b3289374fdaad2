import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/*
 * Versions are integers from one sequence per namespace. An entry carries the sequence number `a` that was current
 * before its value was loaded; it is valid as long as neither the namespace's generation nor any of its tags has a
 * younger number. Generation and tags that are missing (evicted, expired) make it invalid, so losing them is safe.
 * An invalidated key leaves a tombstone: an entry with a number and no value, which refuses older stores.
 */

export interface Script {
  readonly lua: string;
  readonly sha: string;
}

function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

// A lost sequence starts again from the server's microseconds: above every number handed out before.
const CURRENT_SEQUENCE = `
local function sequence(key)
  local current = redis.call('GET', key)
  if not current then
    local time = redis.call('TIME')
    current = time[1] .. string.format('%06d', tonumber(time[2]))
    redis.call('SET', key, current)
  end
  return current
end
`;

/** KEYS: sequence. → sequence */
export const SEQUENCE = script(`${CURRENT_SEQUENCE}
return sequence(KEYS[1])
`);

/** KEYS: sequence, generation, entries. ARGV: prefix of tags. → [sequence, value, tags, remaining ms, value, …] */
export const READ = script(`${CURRENT_SEQUENCE}
local function isCurrent(mark, at)
  return mark and tonumber(mark) <= at
end
local reply = { sequence(KEYS[1]) }
local generation = redis.call('GET', KEYS[2])
for i = 3, #KEYS do
  local entry = redis.call('HMGET', KEYS[i], 'a', 'v', 't')
  local at, value, tags = tonumber(entry[1]), entry[2], entry[3]
  local valid = value and isCurrent(generation, at)
  if valid and tags then
    for _, tag in ipairs(cjson.decode(tags)) do
      valid = valid and isCurrent(redis.call('GET', ARGV[1] .. tag), at)
    end
  end
  reply[#reply + 1] = valid and value or false
  reply[#reply + 1] = valid and tags or false
  reply[#reply + 1] = valid and redis.call('PTTL', KEYS[i]) or 0
end
return reply
`);

/** KEYS: generation, entry, tags. ARGV: at, ttl ms, ttl of marks ms, value, tags as JSON or ''. → 1 kept, 0 stale */
export const STORE = script(`
local at = tonumber(ARGV[1])
local function isYounger(mark)
  return mark and tonumber(mark) > at
end
if isYounger(redis.call('GET', KEYS[1])) or isYounger(redis.call('HGET', KEYS[2], 'a')) then return 0 end
for i = 3, #KEYS do
  if isYounger(redis.call('GET', KEYS[i])) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1], 'NX')
for i = 3, #KEYS do
  if not redis.call('SET', KEYS[i], ARGV[1], 'NX', 'PX', ARGV[3]) and redis.call('PTTL', KEYS[i]) < tonumber(ARGV[3]) then
    redis.call('PEXPIRE', KEYS[i], ARGV[3])
  end
end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'a', ARGV[1], 'v', ARGV[4])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[2], 't', ARGV[5]) end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1
`);

/**
 * KEYS: sequence, then what is marked. ARGV: kind (keys, tags, all), ttl of marks ms, channel, message.
 * Publishes "<sequence> <message>". → sequence
 */
export const INVALIDATE = script(`${CURRENT_SEQUENCE}
sequence(KEYS[1])
redis.call('INCR', KEYS[1])
local number = redis.call('GET', KEYS[1])
for i = 2, #KEYS do
  if ARGV[1] == 'keys' then
    redis.call('DEL', KEYS[i])
    redis.call('HSET', KEYS[i], 'a', number)
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
  elseif ARGV[1] == 'tags' then
    redis.call('SET', KEYS[i], number, 'PX', ARGV[2])
  else
    redis.call('SET', KEYS[i], number)
  end
end
redis.call('PUBLISH', ARGV[3], number .. ' ' .. ARGV[4])
return number
`);

type Argument = string | number | Buffer;

/** Runs a script by its hash; sends its text only when the server does not know it yet. */
export async function runScript(
  redis: Redis,
  { lua, sha }: Script,
  keys: string[],
  args: Argument[],
): Promise<unknown> {
  try {
    return await redis.callBuffer('EVALSHA', sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return redis.callBuffer('EVAL', lua, keys.length, ...keys, ...args);
  }
}
