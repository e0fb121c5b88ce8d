/** The one atomic step, in this order: key, rev, effects, cap, seq, entry, effects, key last. Scripts do not roll back. */
export const APPEND = `
local TURN_MS = 60000
local SEEN = '^(.-)\\31(.-)\\31(.-)\\31(.-)\\31(.*)$'
local NEW_MESSAGE = '^m\\31(.-)\\31(.*)$'

local function archived_head(known, id)
  if known == '' then return nil end
  local k = cjson.decode(known)
  if k.id ~= id then return nil end
  return { author = k.author, revision = k.revision, redaction = k.isRedacted and '{}' or '', channel = k.channel,
    hidden = k.isHidden and '{}' or '', post = '', edit = '', shown = '', last = '', whole = false }
end

local function check_change(p, effect, head)
  if not head then return { 'conflict', 'unknown' } end
  if head.redaction ~= '' then return { 'conflict', 'redacted' } end
  local is_hidden = (head.hidden or '') ~= ''
  if effect.kind == 'show' or effect.kind == 'hide' then
    if is_hidden == (effect.kind == 'hide') then return { 'conflict', 'decided' } end
  elseif is_hidden and effect.kind ~= 'redact' then
    return { 'conflict', 'hidden' }
  end
  if effect.kind ~= 'react' and head.author ~= effect.author then return { 'conflict', 'not-author' } end
  local of_revision = effect.kind == 'edit' or effect.kind == 'late'
  if of_revision and head.revision ~= effect.fromRevision then return { 'conflict', 'edited' } end
  if effect.kind == 'react' then
    local now = redis.call('HGET', p .. 'rx:' .. effect.id, effect.emoji .. '\\31' .. effect.user)
    if not now and head.whole then now = '0' end
    if now == effect.on then return { 'unchanged' } end
  end
  return nil
end

local function new_head(effect, channel)
  return { author = effect.author, revision = 0, redaction = '', channel = channel, hidden = '',
    post = '', edit = '', shown = '', last = '', whole = true }
end

-- What was decided, or told twice, is not decided again.
local function check_held(p, effect)
  local waits = redis.call('HEXISTS', p .. 'held', effect.id) == 1
  if effect.kind == 'hold' then waits = not waits and redis.call('HEXISTS', p .. 'heads', effect.id) == 0 end
  return not waits and { 'conflict', 'decided' } or nil
end

local function slow_key(p, effect)
  return p .. 'slow:' .. effect.channel .. ':' .. effect.user
end

local function check_slow(p, effect)
  local wait = tonumber(redis.call('GET', slow_key(p, effect)) or '0') + effect.everyMs - tonumber(effect.at)
  if wait > 0 then return { 'slow', string.format('%.0f', math.min(wait, effect.everyMs)) } end
  return nil
end

local HELD = { hold = true, release = true, discard = true }

local function check_effects(p, effects, known, channel)
  local heads = {}
  for _, effect in ipairs(effects) do
    if effect.kind == 'message' then
      heads[effect.id] = new_head(effect, channel)
    elseif HELD[effect.kind] then
      local problem = check_held(p, effect)
      if problem then return nil, problem end
      if effect.kind ~= 'hold' then heads[effect.id] = new_head(effect, channel) end
    elseif effect.kind == 'slow' then
      local problem = check_slow(p, effect)
      if problem then return nil, problem end
    elseif effect.id then
      local head = heads[effect.id] or get_head(p, effect.id) or archived_head(known, effect.id)
      local problem = check_change(p, effect, head)
      if problem then return nil, problem end
      heads[effect.id] = head
    end
  end
  return heads, nil
end

-- @return whether it was one of these
local function take_held(p, effect, head, position, step)
  if effect.kind == 'hold' then
    redis.call('HSET', p .. 'held', effect.id,
      step.channel .. '\\31' .. effect.author .. '\\31' .. step.at .. '\\31' .. step.body)
  elseif effect.kind == 'release' then
    redis.call('HDEL', p .. 'held', effect.id)
    head.post = position
  elseif effect.kind == 'discard' then
    redis.call('HDEL', p .. 'held', effect.id)
    head.redaction = '{}'
  elseif effect.kind == 'hide' then
    head.hidden = effect.redaction
  elseif effect.kind == 'show' then
    head.hidden = ''
    head.shown = position
  elseif effect.kind == 'slow' then
    redis.call('SET', slow_key(p, effect), effect.at, 'PX', effect.everyMs)
  else
    return false
  end
  return true
end

local function take_effect(p, effect, head, position, step)
  if take_held(p, effect, head, position, step) then return false end
  if effect.kind == 'message' then
    head.post = position
  elseif effect.kind == 'edit' then
    head.revision = head.revision + 1
    head.edit = position
  elseif effect.kind == 'redact' then
    head.redaction = effect.redaction
  elseif effect.kind == 'react' then
    redis.call('HSET', p .. 'rx:' .. effect.id, effect.emoji .. '\\31' .. effect.user, effect.on)
  elseif effect.kind == 'sanction' then
    local field = 's\\31' .. step.scope .. '\\31' .. effect.user
    if effect.act == 'lift' then redis.call('HDEL', p .. 'state', field)
    else redis.call('HSET', p .. 'state', field, effect.act .. '\\31' .. effect['until'] .. '\\31' .. step.body) end
    return true
  elseif effect.kind == 'channel' then
    redis.call('HSET', p .. 'state', 'c\\31' .. effect.channel, effect.state)
    return true
  elseif effect.kind == 'mode' then
    redis.call('HSET', p .. 'state', 'm\\31' .. effect.channel, effect.slowSeconds .. '\\31' .. effect.shieldUntil)
    return true
  elseif effect.kind == 'rev' then
    return true
  end
  return false
end

local function touched_by(effects)
  for _, effect in ipairs(effects) do
    if effect.id then return effect.id end
  end
  return ''
end

local function add_entry(p, step, message)
  local seq = ''
  local is_read = step.audience == 'readers' and step.channel ~= ''
  if is_read then seq = tostring(redis.call('HINCRBY', p .. 'seq', step.channel, 1)) end
  local position = redis.call('XADD', p .. 'log', '*', 'kind', step.kind, 'audience', step.audience,
    'channel', step.channel, 'seq', seq, 'message', message, 'key', step.key, 'at', step.at,
    'body', step.body, 'note', step.note)
  if is_read then
    redis.call('ZADD', p .. 'e:' .. step.channel, seq, position)
    if step.kind == 'message' then redis.call('ZADD', p .. 'm:' .. step.channel, seq, message) end
  end
  return seq, position
end

-- The key comes last: one that is set before would lose the step when anything else fails.
local function remember(p, step, message, seq, position)
  local what = step.digest .. '\\31' .. step.token .. '\\31' .. message .. '\\31' .. seq .. '\\31' .. position
  redis.call('SET', p .. 'seen:' .. step.key, what, 'PX', step.keep_ms)
  return { 'stored', message, seq, position }
end

-- A new message, the step that comes most: its head is ready but for the position.
local function store_message(p, step, message, head)
  local seq, position = add_entry(p, step, message)
  redis.call('HSET', p .. 'heads', message, head .. ',"post":"' .. position .. '","last":"' .. position .. '"}')
  return remember(p, step, message, seq, position)
end

local function store(p, step, effects, heads)
  local message = touched_by(effects)
  local seq, position = add_entry(p, step, message)
  local raises = false
  for _, effect in ipairs(effects) do
    if take_effect(p, effect, heads[effect.id or ''], position, step) then raises = true end
  end
  for id, head in pairs(heads) do
    head.last = position
    redis.call('HSET', p .. 'heads', id, cjson.encode(head))
  end
  if raises then redis.call('INCR', p .. 'rev') end
  return remember(p, step, message, seq, position)
end

local function decide(p, step)
  local known = redis.call('MGET', p .. 'seen:' .. step.key, p .. 'rev')
  if known[1] then
    local digest, token, message, seq, position = string.match(known[1], SEEN)
    if token == step.token then return { 'stored', message, seq, position } end
    if digest ~= step.digest then return { 'key-reused' } end
    return { 'duplicate', message, seq, position }
  end
  if step.if_rev ~= '' then
    local rev = known[2] or '0'
    if rev ~= step.if_rev then return { 'stale', rev } end
  end
  local message, head = string.match(step.effects, NEW_MESSAGE)
  local effects, heads, problem
  if not message then
    effects = cjson.decode(step.effects)
    heads, problem = check_effects(p, effects, step.known, step.channel)
    if problem then return problem end
  end
  if (step.audience == 'readers' or step.kind == 'held') and step.length >= step.cap then return { 'full' } end
  if message then return store_message(p, step, message, head) end
  return store(p, step, effects, heads)
end

local STEP_ARGS = 16

-- A step waits for its turn while the one before it in its sender's window has not got through.
local function take_turn(p, sender, args, at, reached, length)
  local turn, after = tonumber(args[at]), tonumber(args[at + 1])
  if after > 0 and reached < after then return { 'wait' }, reached end
  local done, answer = pcall(decide, p, {
    token = sender .. ':' .. args[at], keep_ms = args[at + 2], cap = tonumber(args[at + 3]), scope = args[at + 4],
    channel = args[at + 5], key = args[at + 6], digest = args[at + 7], if_rev = args[at + 8], kind = args[at + 9],
    audience = args[at + 10], at = args[at + 11], body = args[at + 12], note = args[at + 13], effects = args[at + 14],
    known = args[at + 15], length = length,
  })
  if done then return answer, math.max(turn, reached) end
  return { 'error', type(answer) == 'table' and answer.err or tostring(answer) }, reached
end

-- The steps of a sender, one after the other, each by itself: what strikes one is the answer to that one.
local function append(keys, args)
  local p = prefix_of(keys[1])
  local turn_key = p .. 'turn:' .. args[1]
  local reached = tonumber(redis.call('GET', turn_key) or '0')
  local length = redis.call('XLEN', p .. 'log')
  local answers = {}
  for at = 2, #args, STEP_ARGS do
    answers[#answers + 1], reached = take_turn(p, args[1], args, at, reached, length)
    if answers[#answers][1] == 'stored' then length = length + 1 end
  end
  redis.call('SET', turn_key, string.format('%.0f', reached), 'PX', TURN_MS)
  return answers
end
`;
