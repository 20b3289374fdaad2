/** The namespace's sequence. A lost one starts again from the server's microseconds: above every number handed out before. */
export const CURRENT_SEQUENCE = `
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

/** The server's time in ms, by which keys expire, too. */
export const NOW = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`;
