import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PlatformFailure } from '../../core/contract/index.ts';
import {
  ALL_RIGHTS,
  APP_ID,
  BOT_ID,
  type Channel,
  emojiOf,
  GUILD_ID,
  memberPayload,
  messagePayload,
  type StoredFile,
  type StoredMessage,
  type User,
  type Webhook,
  type World,
} from './discord-world.ts';

/** What Discord answers. `null` body: 204, without a content type. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly files: readonly StoredFile[];
  readonly isBot: boolean;
  readonly reason: string | null;
}
export interface RestDeps {
  readonly world: World;
  readonly dispatch: (t: string, d: unknown) => void;
  readonly root: () => string;
}

export const RETRY_AFTER_MS = 1_000;
const OK_HEADERS = {
  'x-ratelimit-limit': '50',
  'x-ratelimit-remaining': '49',
  'x-ratelimit-reset-after': '1.000',
} as const;

const done: Answer = { status: 204, body: null };
const ok = (body: unknown): Answer => ({ status: 200, body });
export const problem = (status: number, code: number, message: string, errors?: unknown): Answer => ({
  status,
  body: { message, code, ...(errors === undefined ? {} : { errors }) },
});
const UNKNOWN_CHANNEL = problem(404, 10_003, 'Unknown Channel');
const UNKNOWN_MESSAGE = problem(404, 10_008, 'Unknown Message');
const UNKNOWN_WEBHOOK = problem(404, 10_015, 'Unknown Webhook');
const UNKNOWN_MEMBER = problem(404, 10_007, 'Unknown Member');
const FORBIDDEN = problem(403, 50_013, 'Missing Permissions');
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
  ['GET', /^\/channels\/(\d+)$/, (_, [id = ''], { world }) => found(world.channels.get(id), 10_003, 'Unknown Channel')],
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

function openDirect({ body }: Asked, _: readonly string[], { world }: RestDeps): Answer {
  const user = String(body.recipient_id);
  if (!world.members.has(user)) return problem(400, 50_033, 'Invalid Recipient(s)');
  const id = world.directs.get(user) ?? world.nextId();
  world.directs.set(user, id);
  return ok({ id, type: 1, recipients: [world.members.get(user)?.user] });
}

/** Rights of the bot in a channel: its role, and what the channel says of that role. */
function may(world: World, channel: string, bit: number): boolean {
  const at = world.channels.get(channel);
  if (at === undefined) return [...world.directs.values()].includes(channel);
  const own = world.members.get(BOT_ID)?.roles ?? [];
  const base = world.roles.filter(({ id }) => id === GUILD_ID || own.includes(id));
  let bits = base.reduce((all, { permissions }) => all | BigInt(permissions), 0n);
  for (const one of at.permission_overwrites.filter(({ id }) => id === GUILD_ID || own.includes(id))) {
    bits = (bits & ~BigInt(one.deny)) | BigInt(one.allow);
  }
  return (bits & (1n << BigInt(bit)) & ALL_RIGHTS) !== 0n;
}

const VIEW = 10;
const SEND = 11;
const MANAGE_MESSAGES = 13;
const HISTORY = 16;
const MANAGE_WEBHOOKS = 29;
const REACT = 6;
const MODERATE = 40;
const BAN = 2;

function barred(world: World, channel: string, bit: number): Answer | null {
  if (!world.channels.has(channel) && ![...world.directs.values()].includes(channel)) return UNKNOWN_CHANNEL;
  if (!may(world, channel, VIEW)) return problem(403, 50_001, 'Missing Access');
  return may(world, channel, bit) ? null : FORBIDDEN;
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

function contentProblem(content: string, files: number): Answer | null {
  const fields = (code: string, message: string) => ({ content: { _errors: [{ code, message }] } });
  if ([...content].length > 2_000) {
    return problem(
      400,
      50_035,
      'Invalid Form Body',
      fields('BASE_TYPE_MAX_LENGTH', 'Must be 2000 or fewer in length.'),
    );
  }
  return content === '' && files === 0 ? problem(400, 50_006, 'Cannot send an empty message') : null;
}

function usernameProblem(name: string): Answer | null {
  const message = 'Username cannot contain this.';
  const errors = { username: { _errors: [{ code: 'USERNAME_INVALID_CONTAINS', message }] } };
  const isBad =
    name.length < 1 || name.length > 80 || /discord|clyde|[@#:]|```/i.test(name) || /^(everyone|here)$/i.test(name);
  return isBad ? problem(400, 50_035, 'Invalid Form Body', errors) : null;
}

interface Said {
  readonly channel: string;
  readonly author: User;
  readonly webhook: Webhook | null;
}

function store({ body, files }: Asked, { channel, author, webhook }: Said, { world }: RestDeps): StoredMessage {
  const id = world.nextId();
  const reference = body.message_reference as { readonly message_id: string } | undefined;
  const message: StoredMessage = {
    id,
    channel_id: channel,
    type: reference === undefined ? 0 : 19,
    author,
    webhook_id: webhook?.id ?? null,
    application_id: webhook?.application_id ?? null,
    timestamp: new Date().toISOString().replace('Z', '000+00:00'),
    content: String(body.content ?? '').trim(),
    edited_timestamp: null,
    files,
    reply: reference === undefined ? null : { channel_id: channel, message_id: reference.message_id },
    mentions: [],
    extra: {},
    allowed: (body.allowed_mentions as StoredMessage['allowed']) ?? null,
    reactions: new Map(),
    components: body.components ?? [],
  };
  for (const file of files) world.files.set(file.id, file);
  world.messages.set(channel, [...(world.messages.get(channel) ?? []), message]);
  return message;
}

/** As the gateway tells it: with the server, and the member unless a webhook said it. */
export function told(world: World, message: StoredMessage, root: string): object {
  const member = message.webhook_id === null ? world.members.get(message.author.id) : undefined;
  const { user: _, ...rest } = (member === undefined ? {} : memberPayload(member)) as { user?: User };
  const isDirect = !world.channels.has(message.channel_id);
  return {
    ...messagePayload(world, message, root),
    ...(!isDirect && { guild_id: GUILD_ID }),
    ...(member !== undefined && !isDirect && { member: rest }),
  };
}

function execute(asked: Asked, [id = '', token = '']: readonly string[], at: RestDeps): Answer {
  const { world } = at;
  if (id === APP_ID) return followUp(asked, token, world);
  const webhook = world.webhooks.get(id);
  if (webhook === undefined) return UNKNOWN_WEBHOOK;
  if (webhook.token !== token) return problem(401, 50_027, 'Invalid Webhook Token');
  const channel = asked.query.get('thread_id') ?? webhook.channel_id;
  const username = asked.body.username === undefined ? webhook.name : String(asked.body.username);
  const wrong =
    usernameProblem(username) ?? contentProblem(String(asked.body.content ?? '').trim(), asked.files.length);
  if (wrong !== null) return wrong;
  const avatar = asked.body.avatar_url === undefined ? null : 'a_hash';
  const author: User = { id, username, global_name: null, avatar, bot: true, discriminator: '0000' };
  const message = store(asked, { channel, author, webhook }, at);
  at.dispatch('MESSAGE_CREATE', told(world, message, at.root()));
  return asked.query.get('wait') === 'true' ? ok(messagePayload(world, message, at.root())) : done;
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

function change(asked: Asked, message: StoredMessage | null, at: RestDeps): Answer {
  if (message === null) return UNKNOWN_MESSAGE;
  const content = String(asked.body.content ?? '').trim();
  const wrong = contentProblem(content, message.files.length);
  if (wrong !== null) return wrong;
  message.content = content;
  message.allowed = (asked.body.allowed_mentions as StoredMessage['allowed']) ?? null;
  message.edited_timestamp = new Date().toISOString().replace('Z', '000+00:00');
  at.dispatch('MESSAGE_UPDATE', told(at.world, message, at.root()));
  return ok(messagePayload(at.world, message, at.root()));
}

function patchAsBot(asked: Asked, [channel = '', id = '']: readonly string[], at: RestDeps): Answer {
  const message = at.world.find(channel, id);
  if (message !== null && message.author.id !== BOT_ID)
    return problem(403, 50_005, 'Cannot edit a message authored by another user');
  return change(asked, message, at);
}

export function take({ world, dispatch }: RestDeps, channel: string, id: string): boolean {
  const all = world.messages.get(channel) ?? [];
  const rest = all.filter((one) => one.id !== id);
  world.messages.set(channel, rest);
  if (rest.length === all.length) return false;
  dispatch('MESSAGE_DELETE', { id, channel_id: channel, guild_id: GUILD_ID });
  return true;
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

export function react(
  { world, dispatch }: RestDeps,
  message: StoredMessage,
  emoji: string,
  user: string,
  on: boolean,
): void {
  const before = message.reactions.get(emoji) ?? [];
  const after = on ? [...before.filter((one) => one !== user), user] : before.filter((one) => one !== user);
  if (after.length > 0) message.reactions.set(emoji, after);
  else message.reactions.delete(emoji);
  const member = world.members.get(user);
  dispatch(on ? 'MESSAGE_REACTION_ADD' : 'MESSAGE_REACTION_REMOVE', {
    user_id: user,
    channel_id: message.channel_id,
    message_id: message.id,
    guild_id: GUILD_ID,
    emoji: emojiOf(emoji),
    burst: false,
    type: 0,
    ...(on && member !== undefined && { member: memberPayload(member), message_author_id: message.author.id }),
  });
}

function listWebhooks(_: Asked, [channel = '']: readonly string[], { world }: RestDeps): Answer {
  const refusal = barred(world, channel, MANAGE_WEBHOOKS);
  if (refusal !== null) return refusal;
  return ok([...world.webhooks.values()].filter((one) => one.channel_id === channel).map(webhookPayload));
}

function makeWebhook({ body }: Asked, [channel = '']: readonly string[], { world }: RestDeps): Answer {
  const refusal = barred(world, channel, MANAGE_WEBHOOKS);
  if (refusal !== null) return refusal;
  const there = [...world.webhooks.values()].filter((one) => one.channel_id === channel);
  if (there.length >= 15) return problem(400, 30_007, 'Maximum number of webhooks reached (15)');
  const webhook: Webhook = {
    id: world.nextId(),
    token: `wh-${world.nextId()}-s3cr3t-of-the-webhook`,
    name: String(body.name),
    channel_id: channel,
    application_id: APP_ID,
  };
  world.webhooks.set(webhook.id, webhook);
  return ok(webhookPayload(webhook));
}

function webhookPayload(webhook: Webhook): object {
  return { ...webhook, type: 1, guild_id: GUILD_ID, avatar: null, user: { id: BOT_ID } };
}

function ownMessage(world: World, id: string, query: URLSearchParams, message: string): StoredMessage | null {
  const channel: Channel['id'] = query.get('thread_id') ?? world.webhooks.get(id)?.channel_id ?? '';
  const stored = world.find(channel, message);
  return stored?.webhook_id === id ? stored : null;
}

function webhookProblem(world: World, id: string, token: string): Answer | null {
  const webhook = world.webhooks.get(id);
  if (webhook === undefined) return UNKNOWN_WEBHOOK;
  return webhook.token === token ? null : problem(401, 50_027, 'Invalid Webhook Token');
}

function patchByWebhook(asked: Asked, [id = '', token = '', message = '']: readonly string[], at: RestDeps): Answer {
  if (id === APP_ID) return answerOriginal(asked, token, at.world);
  return webhookProblem(at.world, id, token) ?? change(asked, ownMessage(at.world, id, asked.query, message), at);
}

function deleteByWebhook(asked: Asked, [id = '', token = '', message = '']: readonly string[], at: RestDeps): Answer {
  if (id === APP_ID) return withdrawOriginal(token, at.world);
  const wrong = webhookProblem(at.world, id, token);
  if (wrong !== null) return wrong;
  const stored = ownMessage(at.world, id, asked.query, message);
  if (stored === null) return UNKNOWN_MESSAGE;
  take(at, stored.channel_id, stored.id);
  return done;
}

function interactionOf(world: World, token: string) {
  return [...world.interactions.values()].find((one) => one.token === token);
}

function acknowledge({ body }: Asked, [id = '', token = '']: readonly string[], { world }: RestDeps): Answer {
  const interaction = world.interactions.get(id);
  if (interaction?.token !== token) return problem(404, 10_062, 'Unknown interaction');
  if (interaction.acknowledged !== null) return problem(400, 40_060, 'Interaction has already been acknowledged.');
  const { flags = 0 } = (body.data as { readonly flags?: number } | undefined) ?? {};
  interaction.acknowledged = { type: Number(body.type), flags };
  interaction.isDeferred = true;
  return done;
}

function answerOriginal({ body }: Asked, token: string, world: World): Answer {
  const interaction = interactionOf(world, token);
  if (!interaction?.isDeferred) return UNKNOWN_WEBHOOK;
  const flags = interaction.acknowledged?.flags ?? 0;
  interaction.answers.push({ content: String(body.content), flags, components: body.components ?? [] });
  return ok({ id: world.nextId(), channel_id: interaction.channel });
}

function withdrawOriginal(token: string, world: World): Answer {
  const interaction = interactionOf(world, token);
  if (!interaction?.isDeferred) return UNKNOWN_MESSAGE;
  interaction.isDeferred = false;
  return done;
}

function followUp({ body }: Asked, token: string, world: World): Answer {
  const interaction = interactionOf(world, token);
  if (interaction === undefined) return UNKNOWN_WEBHOOK;
  interaction.answers.push({
    content: String(body.content),
    flags: Number(body.flags ?? 0),
    components: body.components ?? [],
  });
  return ok({ id: world.nextId(), channel_id: interaction.channel });
}
