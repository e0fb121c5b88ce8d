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

local MOST_LETTERS = 200

local function drop_oldest(letters)
  local seqs = redis.call('HKEYS', letters)
  for i = 1, #seqs do seqs[i] = tonumber(seqs[i]) end
  table.sort(seqs)
  for i = 1, #seqs - MOST_LETTERS do redis.call('HDEL', letters, string.format('%.0f', seqs[i])) end
end

-- keys from 3 on and args from at on: of each fate its copies and one key for each part; message, value, how many parts
local function write_fates(keys, args, at, kept_ms)
  local key = 3
  for i = at, #args, 3 do
    local parts = tonumber(args[i + 2])
    if parts > 0 then redis.call('SET', keys[key], args[i + 1], 'PX', kept_ms)
    else redis.call('SET', keys[key], args[i + 1], 'PX', kept_ms, 'NX') end
    for part = 1, parts do redis.call('SET', keys[key + part], args[i], 'PX', kept_ms) end
    key = key + parts + 1
  end
end

-- keys: portal, letters, then those of fates.
-- args: fence, at or '', seq, owed, begin, kept ms, how many letters, then seq and JSON of each, then fates
local function advance(keys, args)
  local now = redis.call('HMGET', keys[1], 'fence', 'seq', 'flight')
  if tonumber(now[1] or '0') > tonumber(args[1]) then return 'fenced' end
  local set, under_way = { 'fence', args[1] }, now[3] or ''
  if args[2] ~= '' then
    under_way = ''
    if not now[2] or tonumber(now[2]) <= tonumber(args[3]) then
      for _, field in ipairs({ 'at', args[2], 'seq', args[3], 'owed', args[4] }) do set[#set + 1] = field end
    end
    local from = 8 + 2 * tonumber(args[7])
    for i = 8, from - 1, 2 do redis.call('HSET', keys[2], args[i], args[i + 1]) end
    if from > 8 then drop_oldest(keys[2]) end
    write_fates(keys, args, from, args[6])
  end
  local answer = 'ok'
  if args[5] ~= '' then
    answer = under_way == '' and 'go' or 'unknown'
    if under_way == '' then under_way = args[5] end
  end
  set[#set + 1], set[#set + 2] = 'flight', under_way
  redis.call('HSET', keys[1], unpack(set))
  return answer
end

local function open(keys, args)
  if redis.call('HSETNX', keys[1], 'seq', args[2]) == 1 then
    redis.call('HSET', keys[1], 'at', args[1], 'first', args[2])
  end
  return 'ok'
end

-- The fence stays: who was fenced off before stays so.
local function close(keys)
  redis.call('HDEL', keys[1], 'at', 'seq', 'first', 'flight', 'owed')
  return redis.call('DEL', keys[2])
end

-- keys: copies of the message, the part. args: room and id of the part
local function forget(keys, args)
  redis.call('DEL', keys[2])
  local packed = redis.call('GET', keys[1])
  if not packed then return 'ok' end
  local fate, kept = cjson.decode(packed), {}
  for _, ref in ipairs(fate.refs) do
    if ref.room ~= args[1] or ref.id ~= args[2] then kept[#kept + 1] = ref end
  end
  fate.refs = kept
  if #kept == 0 then redis.call('DEL', keys[1])
  else redis.call('SET', keys[1], cjson.encode(fate), 'KEEPTTL') end
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
