import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PlatformFailure } from '../../core/contract/index.ts';
import {
  type Answer,
  type Asked,
  BAN,
  barred,
  change,
  contentProblem,
  done,
  FORBIDDEN,
  HISTORY,
  MANAGE_MESSAGES,
  MODERATE,
  may,
  ok,
  problem,
  REACT,
  type RestDeps,
  react,
  SEND,
  store,
  take,
  told,
  UNKNOWN_MESSAGE,
  VIEW,
} from './discord-state.ts';
import {
  acknowledge,
  deleteByWebhook,
  execute,
  listWebhooks,
  makeWebhook,
  patchByWebhook,
} from './discord-webhooks.ts';
import { APP_ID, BOT_ID, GUILD_ID, memberPayload, messagePayload, type World } from './discord-world.ts';

export const RETRY_AFTER_MS = 1_000;
const OK_HEADERS = {
  'x-ratelimit-limit': '50',
  'x-ratelimit-remaining': '49',
  'x-ratelimit-reset-after': '1.000',
} as const;
const UNKNOWN_MEMBER = problem(404, 10_007, 'Unknown Member');
export const UNAUTHORIZED: Answer = { status: 401, body: { message: '401: Unauthorized', code: 0 } };

type Route = readonly [
  method: string,
  path: RegExp,
  run: (asked: Asked, ids: readonly string[], at: RestDeps) => Answer,
];

/** One line an endpoint, as Discord's reference lists them. */
const ROUTES: readonly Route[] = [
  ['GET', /^\/gateway\/bot$/, (_, __, { root }) => ok(gatewayInfo(root()))],
  ['GET', /^\/users\/@me$/, (_, __, { world }) => ok(world.members.get(BOT_ID)?.user)],
  ['GET', /^\/applications\/@me$/, (_, __, { world }) => ok({ id: APP_ID, name: 'Slipmat', flags: world.flags })],
  ['GET', /^\/users\/(\d+)$/, (_, [id = ''], { world }) => found(world.members.get(id)?.user, 10_013, 'Unknown User')],
  ['POST', /^\/users\/@me\/channels$/, openDirect],
  ['GET', /^\/channels\/(\d+)$/, getChannel],
  ['GET', /^\/guilds\/(\d+)$/, (_, __, { world }) => ok(world.guild())],
  ['GET', /^\/guilds\/\d+\/members\/(\d+)$/, getMember],
  ['PATCH', /^\/guilds\/\d+\/members\/(\d+)$/, patchMember],
  ['PUT', /^\/guilds\/\d+\/bans\/(\d+)$/, ban],
  ['DELETE', /^\/guilds\/\d+\/bans\/(\d+)$/, unban],
  ['GET', /^\/channels\/(\d+)\/messages$/, listMessages],
  ['GET', /^\/channels\/(\d+)\/messages\/(\d+)$/, getMessage],
  ['POST', /^\/channels\/(\d+)\/messages$/, postAsBot],
  ['POST', /^\/channels\/(\d+)\/messages\/bulk-delete$/, bulkDelete],
  ['PATCH', /^\/channels\/(\d+)\/messages\/(\d+)$/, patchAsBot],
  ['DELETE', /^\/channels\/(\d+)\/messages\/(\d+)$/, deleteAsBot],
  [
    'PUT',
    /^\/channels\/(\d+)\/messages\/(\d+)\/reactions\/([^/]+)\/@me$/,
    (asked, ids, at) => reactAsBot(asked, ids, at, true),
  ],
  [
    'DELETE',
    /^\/channels\/(\d+)\/messages\/(\d+)\/reactions\/([^/]+)\/@me$/,
    (asked, ids, at) => reactAsBot(asked, ids, at, false),
  ],
  ['POST', /^\/channels\/(\d+)\/typing$/, () => done],
  ['GET', /^\/channels\/(\d+)\/webhooks$/, listWebhooks],
  ['POST', /^\/channels\/(\d+)\/webhooks$/, makeWebhook],
  [
    'PUT',
    /^\/applications\/\d+\/guilds\/(\d+)\/commands$/,
    (asked, [guild = ''], { world }) => register(asked, guild, world),
  ],
  ['POST', /^\/interactions\/(\d+)\/([^/]+)\/callback$/, acknowledge],
  ['POST', /^\/webhooks\/(\d+)\/([^/]+)$/, execute],
  ['PATCH', /^\/webhooks\/(\d+)\/([^/]+)\/messages\/(\d+|@original)$/, patchByWebhook],
  ['DELETE', /^\/webhooks\/(\d+)\/([^/]+)\/messages\/(\d+|@original)$/, deleteByWebhook],
];

/** Answers one request. */
export function answer(asked: Asked, at: RestDeps): Answer {
  const needsBot = !asked.path.startsWith('/webhooks/') && !asked.path.startsWith('/interactions/');
  if (needsBot && (!asked.isBot || at.world.isRevoked)) return UNAUTHORIZED;
  for (const [method, path, run] of ROUTES) {
    const match = asked.method === method ? path.exec(asked.path) : null;
    if (match !== null) return run(asked, match.slice(1).map(decodeURIComponent), at);
  }
  return problem(404, 0, '404: Not Found');
}

/** Whether it is something that the hub asked for, not what the bridge does to keep itself going. */
export function isCommand({ method, path }: Pick<Asked, 'method' | 'path'>): boolean {
  if (method === 'GET' || /\/(commands|callback|typing|webhooks|@me\/channels)$/.test(path)) return false;
  return !path.startsWith('/interactions/');
}

/** How a failure looks; null where nothing is answered. */
export function failureAnswer(failure: PlatformFailure): Answer | null {
  switch (failure) {
    case 'rate-limit':
      return {
        status: 429,
        body: { message: 'You are being rate limited.', retry_after: RETRY_AFTER_MS / 1_000, global: false },
        headers: {
          'retry-after': String(RETRY_AFTER_MS / 1_000),
          'x-ratelimit-limit': '5',
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset-after': String(RETRY_AFTER_MS / 1_000),
          'x-ratelimit-bucket': 'abcd1234',
          'x-ratelimit-scope': 'user',
        },
      };
    case 'outage':
      return { status: 502, body: '<html>Bad gateway</html>' };
    case 'unauthorized':
    case 'room-gone':
    case 'cut':
    case 'silence':
      return null;
  }
}

export function send(response: ServerResponse<IncomingMessage>, { status, body, headers }: Answer): void {
  const all = { ...OK_HEADERS, ...headers };
  if (body === null) {
    response.writeHead(status, all);
    response.end();
    return;
  }
  const isText = typeof body === 'string';
  response.writeHead(status, { ...all, 'content-type': isText ? 'text/html' : 'application/json' });
  response.end(isText ? body : JSON.stringify(body));
}

function gatewayInfo(root: string): object {
  const limit = { total: 1000, remaining: 998, reset_after: 14_400_000, max_concurrency: 1 };
  return { url: root.replace(/^http/, 'ws'), shards: 1, session_start_limit: limit };
}

function found(thing: unknown, code: number, message: string): Answer {
  return thing === undefined ? problem(404, code, message) : ok(thing);
}

function register({ body }: Asked, guild: string, world: World): Answer {
  world.commands.push({ guild, body });
  return ok([]);
}

function getChannel(_: Asked, [id = '']: readonly string[], { world }: RestDeps): Answer {
  const [user] = [...world.directs].find(([, channel]) => channel === id) ?? [];
  if (user !== undefined) return ok({ id, type: 1, recipients: [world.members.get(user)?.user] });
  return found(world.channels.get(id), 10_003, 'Unknown Channel');
}

function openDirect({ body }: Asked, _: readonly string[], { world }: RestDeps): Answer {
  const user = String(body.recipient_id);
  if (!world.members.has(user)) return problem(400, 50_033, 'Invalid Recipient(s)');
  const id = world.directs.get(user) ?? world.nextId();
  world.directs.set(user, id);
  return ok({ id, type: 1, recipients: [world.members.get(user)?.user] });
}

function getMember(_: Asked, [id = '']: readonly string[], { world }: RestDeps): Answer {
  const member = world.members.get(id);
  return member === undefined ? UNKNOWN_MEMBER : ok(memberPayload(member));
}

function patchMember({ body, reason }: Asked, [id = '']: readonly string[], { world, dispatch }: RestDeps): Answer {
  const member = world.members.get(id);
  if (member === undefined) return UNKNOWN_MEMBER;
  if (!may(world, [...world.channels.keys()][0] ?? '', MODERATE)) return FORBIDDEN;
  const until = body.communication_disabled_until;
  member.communication_disabled_until = typeof until === 'string' ? until : null;
  dispatch('GUILD_MEMBER_UPDATE', { guild_id: GUILD_ID, ...memberPayload(member) });
  audit(world, dispatch, 24, id, reason, [
    { key: 'communication_disabled_until', ...(typeof until === 'string' && { new_value: until }) },
  ]);
  return ok(memberPayload(member));
}

function ban({ reason }: Asked, [id = '']: readonly string[], { world, dispatch }: RestDeps): Answer {
  if (!may(world, [...world.channels.keys()][0] ?? '', BAN)) return FORBIDDEN;
  world.banned.add(id);
  dispatch('GUILD_BAN_ADD', { guild_id: GUILD_ID, user: world.members.get(id)?.user ?? { id, username: 'gone' } });
  audit(world, dispatch, 22, id, reason, []);
  return done;
}

function unban({ reason }: Asked, [id = '']: readonly string[], { world, dispatch }: RestDeps): Answer {
  if (!world.banned.delete(id)) return problem(404, 10_026, 'Unknown Ban');
  dispatch('GUILD_BAN_REMOVE', { guild_id: GUILD_ID, user: world.members.get(id)?.user ?? { id, username: 'gone' } });
  audit(world, dispatch, 23, id, reason, []);
  return done;
}

function audit(
  world: World,
  dispatch: RestDeps['dispatch'],
  type: number,
  target: string,
  reason: string | null,
  changes: readonly object[],
): void {
  world.audit.push({ reason, route: String(type) });
  const entry = {
    id: world.nextId(),
    guild_id: GUILD_ID,
    user_id: BOT_ID,
    target_id: target,
    action_type: type,
    changes,
    options: null,
    reason,
  };
  dispatch('GUILD_AUDIT_LOG_ENTRY_CREATE', entry);
}

function listMessages({ query }: Asked, [channel = '']: readonly string[], at: RestDeps): Answer {
  const refusal = barred(at.world, channel, HISTORY);
  if (refusal !== null) return refusal;
  const all = at.world.messages.get(channel) ?? [];
  const limit = Number(query.get('limit') ?? 50);
  const after = query.get('after');
  const chosen =
    after === null ? all.slice(-limit) : all.filter(({ id }) => BigInt(id) > BigInt(after)).slice(0, limit);
  return ok(chosen.toReversed().map((one) => messagePayload(at.world, one, at.root())));
}

function getMessage(_: Asked, [channel = '', id = '']: readonly string[], at: RestDeps): Answer {
  const message = at.world.find(channel, id);
  return message === null ? UNKNOWN_MESSAGE : ok(messagePayload(at.world, message, at.root()));
}

function postAsBot(asked: Asked, [channel = '']: readonly string[], at: RestDeps): Answer {
  const refusal = barred(at.world, channel, SEND);
  const wrong = refusal ?? contentProblem(String(asked.body.content ?? '').trim(), asked.files.length);
  if (wrong !== null) return wrong;
  const author = at.world.members.get(BOT_ID)?.user;
  if (author === undefined) return UNAUTHORIZED;
  const message = store(asked, { channel, author, webhook: null }, at);
  at.dispatch('MESSAGE_CREATE', told(at.world, message, at.root()));
  return ok(messagePayload(at.world, message, at.root()));
}

function patchAsBot(asked: Asked, [channel = '', id = '']: readonly string[], at: RestDeps): Answer {
  const message = at.world.find(channel, id);
  if (message !== null && message.author.id !== BOT_ID)
    return problem(403, 50_005, 'Cannot edit a message authored by another user');
  return change(asked, message, at);
}

function deleteAsBot(_: Asked, [channel = '', id = '']: readonly string[], at: RestDeps): Answer {
  const message = at.world.find(channel, id);
  if (message === null) return barred(at.world, channel, VIEW) ?? UNKNOWN_MESSAGE;
  if (message.author.id !== BOT_ID && !may(at.world, channel, MANAGE_MESSAGES)) return FORBIDDEN;
  take(at, channel, id);
  return done;
}

function bulkDelete({ body }: Asked, [channel = '']: readonly string[], at: RestDeps): Answer {
  const refusal = barred(at.world, channel, MANAGE_MESSAGES);
  if (refusal !== null) return refusal;
  const ids = body.messages as readonly string[];
  if (ids.length < 2 || ids.length > 100)
    return problem(400, 50_016, 'Provided too few or too many messages to delete.');
  const all = at.world.messages.get(channel) ?? [];
  const gone = all.filter(({ id }) => ids.includes(id)).map(({ id }) => id);
  at.world.messages.set(
    channel,
    all.filter(({ id }) => !ids.includes(id)),
  );
  if (gone.length > 0) at.dispatch('MESSAGE_DELETE_BULK', { ids: gone, channel_id: channel, guild_id: GUILD_ID });
  return done;
}

function reactAsBot(
  _: Asked,
  [channel = '', id = '', emoji = '']: readonly string[],
  at: RestDeps,
  on: boolean,
): Answer {
  const message = at.world.find(channel, id);
  if (message === null) return UNKNOWN_MESSAGE;
  if (!may(at.world, channel, REACT)) return FORBIDDEN;
  react(at, message, emoji, BOT_ID, on);
  return done;
}
