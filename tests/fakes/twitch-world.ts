/*
 * What a small Twitch knows: people, channels, messages, tokens. The chat server and Helix both show it; what is said by
 * one is seen by the other.
 */

export interface WorldUser {
  readonly id: string;
  login: string;
  readonly name: string;
  readonly avatarUrl: string;
}
export interface WorldMessage {
  readonly id: string;
  /** Of the broadcaster. */
  readonly room: string;
  readonly by: string;
  readonly text: string;
  readonly replyTo: string | null;
  readonly at: number;
  isGone: boolean;
}
export interface WorldBan {
  /** Null: for good. */
  readonly until: number | null;
  readonly reason: string | null;
}
interface Token {
  readonly user: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly until: number;
}

export const ALL_SCOPES = [
  'chat:read',
  'user:write:chat',
  'moderator:manage:banned_users',
  'moderator:manage:chat_messages',
  'user:read:moderated_channels',
] as const;

export interface World {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly users: WorldUser[];
  readonly messages: WorldMessage[];
  /** `ROOM/USER` */
  readonly moderators: Set<string>;
  readonly vips: Set<string>;
  readonly bans: Map<string, WorldBan>;
  readonly tokens: Map<string, Token>;
  /** Refresh tokens that were not used yet, and whose they are. */
  readonly refreshTokens: Map<string, { readonly user: string; readonly scopes: readonly string[] }>;
  now: () => number;
  user(idOrLogin: string): WorldUser;
  /** A new pair for this account. */
  authorize(
    user: string,
    scopes?: readonly string[],
    forSeconds?: number,
  ): { readonly access: string; readonly refresh: string };
  /** Whose token it is, if it is good now. */
  ownerOf(access: string): Token | null;
  /** Adds a message; the chat is told by whoever called. */
  say(room: string, by: string, text: string, replyTo?: string | null): WorldMessage;
  /** Listeners see every line for a channel (by the broadcaster's id). */
  onLine(listener: (room: string, line: string) => void): void;
  tell(room: string, line: string): void;
  /** The line of a message as everybody gets it. */
  lineOf(message: WorldMessage, tags?: Readonly<Record<string, string>>): string;
}

export function createWorld(): World {
  const users: WorldUser[] = [];
  const messages: WorldMessage[] = [];
  const moderators = new Set<string>();
  const vips = new Set<string>();
  const bans = new Map<string, WorldBan>();
  const tokens = new Map<string, Token>();
  const refreshTokens = new Map<string, { readonly user: string; readonly scopes: readonly string[] }>();
  const listeners: ((room: string, line: string) => void)[] = [];
  let made = 0;

  function user(idOrLogin: string): WorldUser {
    const found = users.find(({ id, login }) => id === idOrLogin || login === idOrLogin);
    if (found === undefined) throw new Error(`no user ${idOrLogin}`);
    return found;
  }

  const world: World = {
    clientId: 'cl13nt-1d',
    clientSecret: 'tw-5ecre7-c11en7',
    users,
    messages,
    moderators,
    vips,
    bans,
    tokens,
    refreshTokens,
    now: () => Date.now(),
    user,
    authorize(of, scopes = ALL_SCOPES, forSeconds = 14_000) {
      made += 1;
      const access = `tw-5ecre7-acce55-${made}`;
      const refresh = `tw-5ecre7-refre5h-${made}`;
      const { id } = user(of);
      tokens.set(access, { user: id, clientId: world.clientId, scopes, until: world.now() + forSeconds * 1_000 });
      refreshTokens.set(refresh, { user: id, scopes });
      return { access, refresh };
    },
    ownerOf(access) {
      const token = tokens.get(access);
      return token !== undefined && token.until > world.now() ? token : null;
    },
    say(room, by, text, replyTo = null) {
      made += 1;
      const id = `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`;
      const message = { id, room, by, text, replyTo, at: world.now(), isGone: false };
      messages.push(message);
      return message;
    },
    onLine: (listener) => void listeners.push(listener),
    tell(room, line) {
      for (const listener of listeners) listener(room, line);
    },
    lineOf(message, more = {}) {
      const author = user(message.by);
      const parent = messages.find(({ id }) => id === message.replyTo);
      const tags = {
        'badge-info': '',
        badges: badgesOf(world, message.room, message.by),
        color: '#1E90FF',
        'display-name': author.name,
        emotes: '',
        'first-msg': '0',
        flags: '',
        id: message.id,
        mod: moderators.has(`${message.room}/${message.by}`) ? '1' : '0',
        ...(parent === undefined ? {} : parentTags(world, parent)),
        'returning-chatter': '0',
        'room-id': message.room,
        subscriber: '0',
        'tmi-sent-ts': String(message.at),
        turbo: '0',
        'user-id': author.id,
        'user-type': '',
        ...more,
      };
      const address = parent === undefined ? '' : `@${user(parent.by).name} `;
      const from = `${author.login}!${author.login}@${author.login}.tmi.twitch.tv`;
      return `${tagsText(tags)} :${from} PRIVMSG #${user(message.room).login} :${address}${message.text}`;
    },
  };
  return world;
}

export function badgesOf(world: World, room: string, user: string): string {
  if (room === user) return 'broadcaster/1';
  if (world.moderators.has(`${room}/${user}`)) return 'moderator/1';
  return world.vips.has(`${room}/${user}`) ? 'vip/1' : '';
}

/** Tags as they stand at the beginning of a line. */
export function tagsText(tags: Readonly<Record<string, string>>): string {
  const escaped = (text: string): string =>
    text
      .replaceAll('\\', '\\\\')
      .replaceAll(';', '\\:')
      .replaceAll(' ', '\\s')
      .replaceAll('\r', '\\r')
      .replaceAll('\n', '\\n');
  return `@${Object.entries(tags)
    .map(([name, value]) => `${name}=${escaped(value)}`)
    .join(';')}`;
}

function parentTags(world: World, parent: WorldMessage): Record<string, string> {
  const { id, login, name } = world.user(parent.by);
  return {
    'reply-parent-msg-id': parent.id,
    'reply-parent-user-id': id,
    'reply-parent-user-login': login,
    'reply-parent-display-name': name,
    'reply-parent-msg-body': parent.text,
    'reply-thread-parent-msg-id': parent.id,
    'reply-thread-parent-user-login': login,
  };
}
