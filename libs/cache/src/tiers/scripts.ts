import { CURRENT_SEQUENCE, NOW } from './script-parts.ts';
import { script } from './run-script.ts';

export { READ } from './read-script.ts';

/*
 * Versions are integers from one sequence per namespace. An entry carries the sequence number `a` that was current
 * before its value was loaded; it is valid as long as neither the namespace's generation nor any of its tags has a
 * younger number. Generation and tags that are missing (evicted, expired) make it invalid, so losing them is safe.
 * An invalidated key leaves a tombstone: an entry with a number and no value, which refuses older stores.
 *
 * A lease says who loads a key: its owner `o`, the sequence number `a` at which it was taken, whether others wait `w`,
 * whether the key was invalidated since `x`; or, without an owner, that a load has failed lately. An invalidation younger
 * than `a` voids it, so that nobody waits for a value that will be refused. What may be stored is decided by numbers. A
 * number that is missing may have been lost during the load: it is made when a lease is taken, and where it is missing at
 * the store nonetheless, what was invalidated since the load began is taken to be this value.
 */

/** KEYS: sequence. → sequence */
export const SEQUENCE = script(`${CURRENT_SEQUENCE}
return sequence(KEYS[1])
`);

// Ends a lease and tells those who wait for it.
const END_LEASE = `
local function endLease(key, channel, message)
  local waiting = redis.call('HGET', key, 'w')
  redis.call('DEL', key)
  if waiting then redis.call('PUBLISH', channel, message) end
end
`;

/**
 * KEYS: sequence, generation, entry, lease, tags. ARGV: at, fresh ms, stale ms, load ms, ttl of marks ms, value, tags as
 * JSON or '', owner, channel, message. A kept value ends the lease whoever has it. → 1 kept, 0 stale
 */
export const STORE = script(`${CURRENT_SEQUENCE}${NOW}${END_LEASE}
local at = tonumber(ARGV[1])
local function isYounger(mark)
  return mark and tonumber(mark) > at
end
local present = sequence(KEYS[1])
redis.call('SET', KEYS[2], present, 'NX')
for i = 5, #KEYS do
  if not redis.call('SET', KEYS[i], present, 'NX', 'PX', ARGV[5]) and redis.call('PTTL', KEYS[i]) < tonumber(ARGV[5]) then
    redis.call('PEXPIRE', KEYS[i], ARGV[5])
  end
end
local function isStale()
  -- The numbers went back: no mark could ever be younger.
  if at > tonumber(present) then return true end
  local entryAt = redis.call('HGET', KEYS[3], 'a')
  if not entryAt and tonumber(present) > at then
    -- Only who holds the lease knows that no tombstone was here.
    local lease = redis.call('HMGET', KEYS[4], 'o', 'x')
    if lease[1] ~= ARGV[8] or lease[2] then return true end
  end
  if isYounger(redis.call('GET', KEYS[2])) or isYounger(entryAt) then return true end
  for i = 5, #KEYS do
    if isYounger(redis.call('GET', KEYS[i])) then return true end
  end
  return false
end
if isStale() then
  if redis.call('HGET', KEYS[4], 'o') == ARGV[8] then endLease(KEYS[4], ARGV[9], ARGV[10]) end
  return 0
end
redis.call('DEL', KEYS[3])
local times = string.format('%.0f %d %d', now() + ARGV[2], ARGV[3], ARGV[4])
redis.call('HSET', KEYS[3], 'a', ARGV[1], 'v', ARGV[6], 'f', times)
if ARGV[7] ~= '' then redis.call('HSET', KEYS[3], 't', ARGV[7]) end
redis.call('PEXPIRE', KEYS[3], ARGV[2] + ARGV[3])
endLease(KEYS[4], ARGV[9], ARGV[10])
return 1
`);

/** KEYS: leases. ARGV: owner, ms for which a failure is remembered or 0, channel, then a message per lease. */
export const RELEASE = script(`${END_LEASE}
for i = 1, #KEYS do
  if redis.call('HGET', KEYS[i], 'o') == ARGV[1] then
    endLease(KEYS[i], ARGV[3], ARGV[3 + i])
    if tonumber(ARGV[2]) > 0 then
      redis.call('HSET', KEYS[i], 'e', 1)
      redis.call('PEXPIRE', KEYS[i], ARGV[2])
    end
  end
end
`);

/**
 * KEYS: sequence, then what is marked, a key's lease behind its entry. ARGV: kind (keys, tags, all), ttl of marks ms, channel, message.
 * Publishes "<sequence> <message>". → sequence
 */
export const INVALIDATE = script(`${CURRENT_SEQUENCE}
sequence(KEYS[1])
redis.call('INCR', KEYS[1])
local number = redis.call('GET', KEYS[1])
if ARGV[1] == 'keys' then
  for i = 2, #KEYS, 2 do
    redis.call('DEL', KEYS[i])
    redis.call('HSET', KEYS[i], 'a', number)
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
    if redis.call('EXISTS', KEYS[i + 1]) == 1 then redis.call('HSET', KEYS[i + 1], 'x', 1) end
  end
elseif ARGV[1] == 'tags' then
  for i = 2, #KEYS do redis.call('SET', KEYS[i], number, 'PX', ARGV[2]) end
else
  redis.call('SET', KEYS[2], number)
end
redis.call('PUBLISH', ARGV[3], number .. ' ' .. ARGV[4])
return number
`);
