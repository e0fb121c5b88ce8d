/** Leases, deliveries and presence. */
export const SMALL = `
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- keys: lease, fence. The value of a lease is its fence and its holder.
local function take(keys, args)
  local held = redis.call('HMGET', keys[1], 'fence', 'hub')
  if held[1] and held[2] ~= args[1] then return 0 end
  local seconds = tonumber(redis.call('TIME')[1])
  local fence = math.max(tonumber(redis.call('GET', keys[2]) or '0') + 1, seconds)
  local text = string.format('%.0f', fence)
  redis.call('SET', keys[2], text)
  redis.call('HSET', keys[1], 'fence', text, 'hub', args[1])
  redis.call('PEXPIRE', keys[1], args[2])
  return fence
end

local function renew(keys, args)
  if redis.call('HGET', keys[1], 'fence') ~= args[1] then return 0 end
  return redis.call('PEXPIRE', keys[1], args[2])
end

local function release(keys, args)
  if redis.call('HGET', keys[1], 'fence') ~= args[1] then return 0 end
  return redis.call('DEL', keys[1])
end

local function is_fenced(portal, fence)
  return tonumber(redis.call('HGET', portal, 'fence') or '0') > tonumber(fence)
end

local function begin(keys, args)
  if is_fenced(keys[1], args[1]) then return 'fenced' end
  redis.call('HSET', keys[1], 'fence', args[1])
  if redis.call('HSETNX', keys[1], 'inFlight', args[2]) == 0 then return 'unknown' end
  return 'go'
end

-- keys: portal, then the copies of the message, then one for each part. args: fence, entry, kept ms, refs, message
local function settle(keys, args)
  if is_fenced(keys[1], args[1]) then return 'fenced' end
  local at = redis.call('HGET', keys[1], 'at')
  redis.call('HSET', keys[1], 'fence', args[1])
  if not at or is_before(at, args[2]) then redis.call('HSET', keys[1], 'at', args[2]) end
  redis.call('HDEL', keys[1], 'inFlight')
  if keys[2] then redis.call('SET', keys[2], args[4], 'PX', args[3]) end
  for i = 3, #keys do redis.call('SET', keys[i], args[5], 'PX', args[3]) end
  return 'ok'
end

-- keys: copies of the message, the part. args: room and id of the part
local function forget(keys, args)
  redis.call('DEL', keys[2])
  local kept = {}
  for _, ref in ipairs(cjson.decode(redis.call('GET', keys[1]) or '[]')) do
    if ref.room ~= args[1] or ref.id ~= args[2] then kept[#kept + 1] = ref end
  end
  if #kept == 0 then redis.call('DEL', keys[1])
  else redis.call('SET', keys[1], cjson.encode(kept), 'KEEPTTL') end
  return 'ok'
end

local function rewind(keys, args)
  redis.call('HSET', keys[1], 'at', args[1])
  redis.call('HDEL', keys[1], 'inFlight')
  return 'ok'
end

local function hub_key(hubs, hub)
  return hubs .. ':' .. hub
end

-- keys: hubs. args: hub, ttl, then channel and JSON by turns
local function beat(keys, args)
  local now, key = now_ms(), hub_key(keys[1], args[1])
  redis.call('ZREMRANGEBYSCORE', keys[1], '-inf', now)
  redis.call('ZADD', keys[1], string.format('%.0f', now + args[2]), args[1])
  redis.call('DEL', key)
  for i = 3, #args, 2 do redis.call('HSET', key, args[i], args[i + 1]) end
  if #args >= 3 then redis.call('PEXPIRE', key, args[2]) end
  return 'ok'
end

local function connected(keys, args)
  local found = {}
  for _, hub in ipairs(redis.call('ZRANGE', keys[1], '(' .. string.format('%.0f', now_ms()), '+inf', 'BYSCORE')) do
    local people = redis.call('HGET', hub_key(keys[1], hub), args[1])
    if people then found[#found + 1] = people end
  end
  return found
end

local function leave(keys, args)
  redis.call('ZREM', keys[1], args[1])
  return redis.call('DEL', hub_key(keys[1], args[1]))
end
`;
