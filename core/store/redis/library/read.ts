/** Reads of more than one key, so that each sees one state. */
export const READ = `
local function head(keys)
  return last_of(keys[1])
end

local function snapshot(keys)
  local p = prefix_of(keys[1])
  return { last_of(keys[1]), redis.call('GET', p .. 'rev') or '0', redis.call('HGETALL', p .. 'state'),
    redis.call('HGETALL', p .. 'held') }
end

local function hot_of(p, id)
  local packed = redis.call('HGET', p .. 'heads', id)
  if not packed then return false end
  local known = read_head(packed)
  local post = fields_at(p .. 'log', known.post)
  local edit = fields_at(p .. 'log', known.edit)
  local shown = fields_at(p .. 'log', known.shown or '')
  return { id, packed, post and post[SEQ] or '', body_of(post), body_of(edit), redis.call('HGETALL', p .. 'rx:' .. id),
    body_of(shown) }
end

local function hot(keys, ids)
  local p = prefix_of(keys[1])
  local found = {}
  for _, id in ipairs(ids) do
    local one = hot_of(p, id)
    if one then found[#found + 1] = one end
  end
  return found
end

local function page(keys, args)
  local p = prefix_of(keys[1])
  local ids = redis.call('ZRANGE', p .. 'm:' .. args[1], args[2], '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, args[3])
  return hot(keys, ids)
end

-- The redaction of a message, or what hides it for now.
local function covers(known)
  if known.redaction ~= '' then return known.redaction end
  return known.hidden or ''
end

local function since(keys, args)
  local p = prefix_of(keys[1])
  local ids = redis.call('ZRANGE', p .. 'e:' .. args[1], '(' .. args[2], '+inf', 'BYSCORE', 'LIMIT', 0, args[3])
  local found = {}
  for _, id in ipairs(ids) do
    local fields = fields_at(keys[1], id)
    if fields then
      local _, _, message = about_of(fields)
      local known = message ~= '' and get_head(p, message)
      found[#found + 1] = { id, fields, known and covers(known) or '' }
    end
  end
  return found
end

local function bounds(keys, args)
  local p = prefix_of(keys[1])
  local lowest = redis.call('ZRANGE', p .. 'e:' .. args[1], 0, 0, 'WITHSCORES')
  return { lowest[2] or '', redis.call('HGET', p .. 'seq', args[1]) or '' }
end
`;
