/** The one atomic step, in this order: key, rev, effects, cap, seq, entry, effects, key last. Scripts do not roll back. */
export const APPEND = `
local TURN_MS = 60000
local SEEN = '^(.-)\\31(.-)\\31(.-)\\31(.-)\\31(.*)$'

local function archived_head(k, id)
  if k == cjson.null or k.id ~= id then return nil end
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
      heads[effect.id] = new_head(effect.author, channel)
    elseif HELD[effect.kind] then
      local problem = check_held(p, effect)
      if problem then return nil, problem end
      if effect.kind ~= 'hold' then heads[effect.id] = new_head(effect.author, channel) end
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

local function next_seq(call, channel)
  local known = call.seqs[channel] or redis.call('HGET', call.p .. 'seq', channel) or '0'
  local seq = string.format('%.0f', tonumber(known) + 1)
  call.seqs[channel] = seq
  return seq
end

-- What new messages write besides their entries, over all steps of the call: seqs first, so that none is given twice,
-- and keys last, for one that is set before would lose its step when anything else fails.
local function write_new(call)
  if #call.heads == 0 then return end
  local p, heads, keys, channels = call.p, call.heads, call.keys, call.channels
  call.heads, call.keys, call.channels = {}, {}, {}
  for channel in pairs(channels) do redis.call('HSET', p .. 'seq', channel, call.seqs[channel]) end
  for channel, of in pairs(channels) do
    redis.call('ZADD', p .. 'e:' .. channel, unpack(of.entries))
    redis.call('ZADD', p .. 'm:' .. channel, unpack(of.messages))
  end
  redis.call('HSET', p .. 'heads', unpack(heads))
  for i = 1, #keys, 2 do redis.call('SET', p .. 'seen:' .. keys[i], keys[i + 1], 'PX', call.keep_ms) end
end

local function stored(call, key, digest, token, message, seq, position)
  local what = message .. '\\31' .. seq .. '\\31' .. position
  local seen = digest .. '\\31' .. token .. '\\31' .. what
  call.seen[key], call.length = seen, call.length + 1
  return seen, 'stored\\31' .. what
end

-- A new message and nothing else, the step that comes most.
local function store_message(call, channel, key, digest, token, message, author, entry)
  local seq = next_seq(call, channel)
  local position = redis.call('XADD', call.log, '*', 's', seq, 'e', entry)
  local seen, answer = stored(call, key, digest, token, message, seq, position)
  local of, heads, keys = call.channels[channel], call.heads, call.keys
  if not of then
    of = { entries = {}, messages = {} }
    call.channels[channel] = of
  end
  local at = #of.entries + 1
  of.entries[at], of.entries[at + 1] = seq, position
  of.messages[at], of.messages[at + 1] = seq, message
  at = #heads + 1
  heads[at], heads[at + 1] = message, author .. '\\31' .. channel .. '\\31' .. position
  keys[at], keys[at + 1] = key, seen
  return answer
end

local function add_entry(call, step)
  local p, seq = call.p, ''
  local is_read = step.audience == 'readers' and step.channel ~= ''
  if is_read then
    seq = next_seq(call, step.channel)
    redis.call('HSET', p .. 'seq', step.channel, seq)
  end
  local position = redis.call('XADD', call.log, '*', 's', seq, 'e', step.entry)
  if is_read then
    redis.call('ZADD', p .. 'e:' .. step.channel, seq, position)
    if step.kind == 'message' then redis.call('ZADD', p .. 'm:' .. step.channel, seq, step.message) end
  end
  return seq, position
end

local function store(call, step, effects, heads)
  local p = call.p
  local seq, position = add_entry(call, step)
  local raises = false
  for _, effect in ipairs(effects) do
    if take_effect(p, effect, heads[effect.id or ''], position, step) then raises = true end
  end
  for id, head in pairs(heads) do
    head.last = position
    redis.call('HSET', p .. 'heads', id, cjson.encode(head))
  end
  if raises then call.rev = string.format('%.0f', redis.call('INCR', p .. 'rev')) end
  local seen, answer = stored(call, step.key, step.digest, step.token, step.message, seq, position)
  redis.call('SET', p .. 'seen:' .. step.key, seen, 'PX', call.keep_ms)
  return answer
end

local function store_change(call, step, change)
  local kind, audience, _, _, said_at, _, body = parts_of(step.entry)
  step.scope, step.kind, step.audience, step.at, step.body = change.scope, kind, audience, said_at, body
  local heads, problem = check_effects(call.p, change.effects, change.known, step.channel)
  if problem then return table.concat(problem, '\\31') end
  if (audience == 'readers' or kind == 'held') and call.length >= call.cap then return 'full' end
  return store(call, step, change.effects, heads)
end

local function repeated(known, token, digest)
  local was, by, message, seq, position = string.match(known, SEEN)
  if by == token then return table.concat({ 'stored', message, seq, position }, '\\31') end
  if was ~= digest then return 'key-reused' end
  return table.concat({ 'duplicate', message, seq, position }, '\\31')
end

-- Arguments of the call: sender, how long keys are kept, cap; then of each step, author for a new message and nothing
-- else, change for everything else.
local FIRST_STEP, STEP_ARGS, KEY = 4, 10, 3

local function decide(call, token, _, _, if_rev, key, digest, channel, message, author, change, entry)
  local known = call.seen[key]
  if known then return repeated(known, token, digest) end
  if if_rev ~= '' and call.rev ~= if_rev then return 'stale\\31' .. call.rev end
  if author == '' then
    local step = { token = token, key = key, digest = digest, channel = channel, message = message, entry = entry }
    return store_change(call, step, cjson.decode(change))
  end
  if call.length >= call.cap then return 'full' end
  return store_message(call, channel, key, digest, token, message, author, entry)
end

-- A step waits for its turn while the one before it in its sender's window has not got through.
local function take_turn(call, args, at)
  local after = tonumber(args[at + 1])
  if after > 0 and call.reached < after then return 'wait' end
  -- what is not a new message alone may hang on those before it
  if args[at + 7] == '' then write_new(call) end
  local done, answer = pcall(decide, call, args[1] .. ':' .. args[at], unpack(args, at, at + STEP_ARGS - 1))
  if not done then return 'error\\31' .. (type(answer) == 'table' and answer.err or tostring(answer)) end
  call.reached = math.max(tonumber(args[at]), call.reached)
  return answer
end

local function open_call(p, log, turn_key, args)
  local keys = { p .. 'rev', turn_key }
  for at = FIRST_STEP, #args, STEP_ARGS do keys[#keys + 1] = p .. 'seen:' .. args[at + KEY] end
  local known = redis.call('MGET', unpack(keys))
  local seen = {}
  for at = FIRST_STEP, #args, STEP_ARGS do
    seen[args[at + KEY]] = known[3 + (at - FIRST_STEP) / STEP_ARGS] or nil
  end
  return { p = p, log = log, keep_ms = args[2], cap = tonumber(args[3]), rev = known[1] or '0', seqs = {}, seen = seen,
    heads = {}, keys = {}, channels = {}, reached = tonumber(known[2] or '0'), length = redis.call('XLEN', log) }
end

-- The steps of a sender, one after the other, each by itself: what strikes one is the answer to that one.
local function append(keys, args)
  local p = prefix_of(keys[1])
  local turn_key = p .. 'turn:' .. args[1]
  local call = open_call(p, keys[1], turn_key, args)
  local answers = {}
  for at = FIRST_STEP, #args, STEP_ARGS do answers[#answers + 1] = take_turn(call, args, at) end
  write_new(call)
  redis.call('SET', turn_key, string.format('%.0f', call.reached), 'PX', TURN_MS)
  return answers
end
`;
