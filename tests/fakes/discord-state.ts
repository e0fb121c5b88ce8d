import {
  ALL_RIGHTS,
  BOT_ID,
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

export const done: Answer = { status: 204, body: null };
export const ok = (body: unknown): Answer => ({ status: 200, body });
export const problem = (status: number, code: number, message: string, errors?: unknown): Answer => ({
  status,
  body: { message, code, ...(errors === undefined ? {} : { errors }) },
});
export const UNKNOWN_CHANNEL = problem(404, 10_003, 'Unknown Channel');
export const UNKNOWN_MESSAGE = problem(404, 10_008, 'Unknown Message');
export const UNKNOWN_WEBHOOK = problem(404, 10_015, 'Unknown Webhook');
export const FORBIDDEN = problem(403, 50_013, 'Missing Permissions');

/** Rights of the bot in a channel: its role, and what the channel says of that role. */
export function may(world: World, channel: string, bit: number): boolean {
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

export const VIEW = 10;
export const SEND = 11;
export const MANAGE_MESSAGES = 13;
export const HISTORY = 16;
export const MANAGE_WEBHOOKS = 29;
export const REACT = 6;
export const MODERATE = 40;
export const BAN = 2;

export function barred(world: World, channel: string, bit: number): Answer | null {
  if (!world.channels.has(channel) && ![...world.directs.values()].includes(channel)) return UNKNOWN_CHANNEL;
  if (!may(world, channel, VIEW)) return problem(403, 50_001, 'Missing Access');
  return may(world, channel, bit) ? null : FORBIDDEN;
}

export function contentProblem(content: string, files: number): Answer | null {
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

export function usernameProblem(name: string): Answer | null {
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

export function store({ body, files }: Asked, { channel, author, webhook }: Said, { world }: RestDeps): StoredMessage {
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

export function change(asked: Asked, message: StoredMessage | null, at: RestDeps): Answer {
  if (message === null) return UNKNOWN_MESSAGE;
  const content = String(asked.body.content ?? '').trim();
  const { attachments } = asked.body;
  // ids of those that stay, and numbers of those that come along; without the list new ones come beside the old
  const kept = Array.isArray(attachments) ? attachments.map(({ id }: { readonly id: unknown }) => String(id)) : null;
  const files = [...message.files.filter(({ id }) => kept === null || kept.includes(id)), ...asked.files];
  const wrong = contentProblem(content, files.length);
  if (wrong !== null) return wrong;
  message.content = content;
  message.files = files;
  for (const file of asked.files) at.world.files.set(file.id, file);
  message.allowed = (asked.body.allowed_mentions as StoredMessage['allowed']) ?? null;
  message.edited_timestamp = new Date().toISOString().replace('Z', '000+00:00');
  at.dispatch('MESSAGE_UPDATE', told(at.world, message, at.root()));
  return ok(messagePayload(at.world, message, at.root()));
}

export function take({ world, dispatch }: RestDeps, channel: string, id: string): boolean {
  const all = world.messages.get(channel) ?? [];
  const rest = all.filter((one) => one.id !== id);
  world.messages.set(channel, rest);
  if (rest.length === all.length) return false;
  const isDirect = [...world.directs.values()].includes(channel);
  dispatch('MESSAGE_DELETE', { id, channel_id: channel, ...(!isDirect && { guild_id: GUILD_ID }) });
  return true;
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
