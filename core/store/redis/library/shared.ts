/*
 * What the functions of the library have in common. Every key of a call carries the tag of its shard, so that each
 * call stays on one node of a cluster. Within a shard:
 *
 *   log            stream; s: seq, e: kind<31>audience<31>channel<31>message<31>at<31>note<31>body<31>key
 *   seq            hash: channel -> newest seq
 *   rev            revision of the rights
 *   state          hash: s<31>scope<31>user -> act<31>until<31>body, c<31>channel -> open or read-only,
 *                  m<31>channel -> seconds of slow mode<31>end of shield mode
 *   held           hash: message -> channel<31>author<31>at<31>body of the step that held it
 *   slow:CHANNEL:USER  when this person last spoke there, while slow mode is on
 *   heads          hash: message -> what is known of it while an entry that touches it is hot: JSON, or of one that
 *                  nothing has touched since it was said author<31>channel<31>position
 *   rx:MESSAGE     hash: emoji<31>user -> 1 or 0
 *   e:CHANNEL      sorted set of positions of all entries for readers, by seq
 *   m:CHANNEL      sorted set of messages, by seq
 *   seen:KEY       digest<31>token of the call that stored it<31>message<31>seq<31>position
 *   turn:SENDER    number of the last step that this sender's window got through
 *   trimmed        position of the newest entry that was trimmed
 *   back           run of Redis and position at which the log stood when a hub first met that run
 *   jumped         run of Redis in which rev jumped, since the log had gone back
 */
export const SHARED = `
local SEQ, ENTRY = 2, 4
local PARTS = '^(.-)\\31(.-)\\31(.-)\\31(.-)\\31(.-)\\31(.-)\\31(.-)\\31(.*)$'
local ABOUT = '^(.-)\\31.-\\31(.-)\\31(.-)\\31'
local BODY = '^.-\\31.-\\31.-\\31.-\\31.-\\31.-\\31(.-)\\31'

-- kind, audience, channel, message, at, note, body, key
local function parts_of(entry)
  return string.match(entry, PARTS)
end

-- kind, channel, message
local function about_of(fields)
  return string.match(fields[ENTRY], ABOUT)
end

local function body_of(fields)
  return fields and string.match(fields[ENTRY], BODY) or ''
end

local function prefix_of(log)
  return string.sub(log, 1, -4)
end

local function parts(id)
  local ms, n = string.match(id, '^(%d+)%-(%d+)$')
  if ms then return tonumber(ms), tonumber(n) end
  return tonumber(id), 0
end

local function is_before(a, b)
  local a_ms, a_n = parts(a)
  local b_ms, b_n = parts(b)
  return a_ms < b_ms or (a_ms == b_ms and a_n < b_n)
end

local function last_of(log)
  if redis.call('EXISTS', log) == 0 then return '0' end
  local info = redis.call('XINFO', 'STREAM', log)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then
      if info[i + 1] == '0-0' then return '0' end
      return info[i + 1]
    end
  end
end

local function fields_at(log, id)
  if id == '' then return nil end
  local found = redis.call('XRANGE', log, id, id)[1]
  if found then return found[2] end
  return nil
end

local function new_head(author, channel)
  return { author = author, revision = 0, redaction = '', channel = channel, hidden = '', post = '', edit = '',
    shown = '', last = '', whole = true }
end

local function read_head(packed)
  if string.sub(packed, 1, 1) == '{' then return cjson.decode(packed) end
  local author, channel, position = string.match(packed, '^(.-)\\31(.-)\\31(.*)$')
  local head = new_head(author, channel)
  head.post, head.last = position, position
  return head
end

local function get_head(p, id)
  local packed = redis.call('HGET', p .. 'heads', id)
  return packed and read_head(packed) or nil
end
`;
