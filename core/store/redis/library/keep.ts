/** Trimming, seqs, and what is done when a hub meets another run of Redis. */
export const KEEP = `
local TRIM_CHUNK = 500
local REV_JUMP = 1000000

local function next_id(id)
  local ms, n = string.match(id, '^(%d+)%-(%d+)$')
  return ms .. '-' .. string.format('%.0f', tonumber(n) + 1)
end

local function forget(p, position, fields, last)
  local kind, channel, message = about_of(fields)
  if fields[SEQ] ~= '' then redis.call('ZREM', p .. 'e:' .. channel, position) end
  if message == '' then return end
  if kind == 'message' then redis.call('ZREM', p .. 'm:' .. channel, message) end
  local known = get_head(p, message)
  if known and not is_before(last, known.last) then
    redis.call('HDEL', p .. 'heads', message)
    redis.call('DEL', p .. 'rx:' .. message)
  end
end

local function trim(keys, args)
  local log, p = keys[1], prefix_of(keys[1])
  local entries = redis.call('XRANGE', log, '-', args[1], 'COUNT', TRIM_CHUNK)
  if #entries == 0 then return 0 end
  local last = entries[#entries][1]
  for _, entry in ipairs(entries) do forget(p, entry[1], entry[2], last) end
  redis.call('XTRIM', log, 'MINID', '=', next_id(last))
  redis.call('SET', p .. 'trimmed', last)
  return #entries
end

local MOST_REWRITTEN = 20000

-- args: position, body and note by turns. A stream keeps the bytes of what is deleted beside its neighbours: it is made
-- anew, with the same ids.
local function rewrite(keys, args)
  local log = keys[1]
  if redis.call('XLEN', log) > MOST_REWRITTEN then return 0 end
  local entries = redis.call('XRANGE', log, '-', '+')
  if #entries == 0 then return 1 end
  local last, changed = last_of(log), {}
  for i = 1, #args, 3 do changed[args[i]] = { args[i + 1], args[i + 2] } end
  redis.call('DEL', log)
  for _, entry in ipairs(entries) do
    local id, fields = entry[1], entry[2]
    if changed[id] then
      local kind, audience, channel, message, at, _, _, key = parts_of(fields[ENTRY])
      local body, note = changed[id][1], changed[id][2]
      fields[ENTRY] = table.concat({ kind, audience, channel, message, at, note, body, key }, '\\31')
    end
    redis.call('XADD', log, id, unpack(fields))
  end
  redis.call('XSETID', log, last)
  return 1
end

local function raise_all(p, args, from)
  for i = from, #args, 2 do
    local now = tonumber(redis.call('HGET', p .. 'seq', args[i]) or '0')
    if now < tonumber(args[i + 1]) then redis.call('HSET', p .. 'seq', args[i], args[i + 1]) end
  end
end

local function raise(keys, args)
  raise_all(prefix_of(keys[1]), args, 1)
  return 'OK'
end

local function is_gone(log, p, position)
  if position == '0' or not is_before(redis.call('GET', p .. 'trimmed') or '0', position) then return false end
  return #redis.call('XRANGE', log, position, position) == 0
end

-- args: run of Redis, highest position seen, then channel and seq by turns.
-- Answers whether that position is gone, and where the log stood when the first hub met this run.
local function mend(keys, args)
  local log, p = keys[1], prefix_of(keys[1])
  local run, highest = args[1], args[2]
  local back = redis.call('HMGET', p .. 'back', 'run', 'at')
  if back[1] ~= run then
    back = { run, last_of(log) }
    redis.call('HSET', p .. 'back', 'run', run, 'at', back[2])
  end
  local gone = is_gone(log, p, highest)
  if gone and redis.call('GET', p .. 'jumped') ~= run then
    redis.call('INCRBY', p .. 'rev', REV_JUMP)
    redis.call('SET', p .. 'jumped', run)
  end
  if is_before(last_of(log), highest) then
    redis.call('XADD', log, highest, 's', '')
    redis.call('XDEL', log, highest)
  end
  raise_all(p, args, 3)
  return { gone and 1 or 0, back[2] }
end

-- Hubs that meet the same run agree on one new epoch: the first to set it wins.
local function epoch(keys, args)
  local run, fresh, is_wanted = args[1], args[2], args[3] == '1'
  local now = redis.call('HMGET', keys[1], 'epoch', 'run')
  if not now[1] or (is_wanted and now[2] ~= run) then
    redis.call('HSET', keys[1], 'epoch', fresh, 'run', run)
    return fresh
  end
  return now[1]
end
`;
