import { script } from './run-script.ts';
import { CURRENT_SEQUENCE, NOW } from './script-parts.ts';

/**
 * KEYS: sequence, generation, then entry and lease of each key. ARGV: prefix of tags, owner, lease ms, known tags as JSON or
 * '', ttl of marks ms, then once for all or once per key: take the lease if no more than so many ms are left of its fresh time
 * (-1: never). → [sequence, the server's time in ms, 'end of the fresh time, stale ms, load ms' of every key in one text
 * (0 0 0: no value), tags as [nth key, JSON, ...], leases as [nth key, state, ...] (none: not wanted, 1 mine, 2 another's,
 * -n: a load failed, leave it alone for n ms), then the values]
 */
export const READ = script(`${CURRENT_SEQUENCE}${NOW}
local call, match = redis.call, string.match
local function isCurrent(mark, at)
  return mark and tonumber(mark) <= at
end
local function isYounger(mark, at)
  return mark and tonumber(mark) > at
end
local present = sequence(KEYS[1])
local generation = call('GET', KEYS[2])
local known = ARGV[4] ~= '' and cjson.decode(ARGV[4]) or {}

-- Every tag is looked up once for all keys.
local marks = {}
local function markOf(tag)
  if marks[tag] == nil then marks[tag] = call('GET', ARGV[1] .. tag) end
  return marks[tag]
end

local function isVoid(leasedAt, entryAt)
  if isYounger(generation, leasedAt) or isYounger(entryAt, leasedAt) then return true end
  for _, tag in ipairs(known) do
    if isYounger(markOf(tag), leasedAt) then return true end
  end
  return false
end

local function askForLease(key, entryAt, hasValue)
  local lease = call('HMGET', key, 'o', 'a')
  if lease[1] and not isVoid(tonumber(lease[2]), entryAt) then
    call('HSET', key, 'w', 1)
    return 2
  end
  if not lease[1] and hasValue then
    local failing = call('PTTL', key)
    if failing > 0 then return -failing end
  end
  call('HDEL', key, 'x', 'e')
  call('HSET', key, 'o', ARGV[2], 'a', present)
  call('PEXPIRE', key, ARGV[3])
  for _, tag in ipairs(known) do
    if call('SET', ARGV[1] .. tag, present, 'NX', 'PX', ARGV[5]) then marks[tag] = nil end
  end
  return 1
end

local time, allTimes, tagged, leases = now(), {}, {}, {}
local reply = { present, string.format('%.0f', time), '', tagged, leases }
local below, belowEach = tonumber(ARGV[6]), #ARGV > 6
for i = 3, #KEYS, 2 do
  local nth = (i - 1) / 2
  local entry = call('HMGET', KEYS[i], 'a', 'v', 'f', 't')
  local value, times, tags = entry[2], entry[3], entry[4]
  local at = tonumber(entry[1] or nil)
  local valid = value and times and isCurrent(generation, at)
  if valid and tags then
    for _, tag in ipairs(cjson.decode(tags)) do
      valid = valid and isCurrent(markOf(tag), at)
    end
    if valid then
      tagged[#tagged + 1] = nth - 1
      tagged[#tagged + 1] = tags
    end
  end
  if belowEach then below = tonumber(ARGV[5 + nth]) end
  if below >= 0 and (not valid or tonumber(match(times, '^%d+')) - time <= below) then
    leases[#leases + 1] = nth - 1
    leases[#leases + 1] = askForLease(KEYS[i + 1], at, valid)
  end
  allTimes[nth] = valid and times or '0 0 0'
  reply[nth + 5] = valid and value or false
end
reply[3] = table.concat(allTimes, ' ')
return reply
`);
