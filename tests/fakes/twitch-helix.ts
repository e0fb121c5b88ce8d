import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenLow } from '../accounts/listen-low.ts';
import { tagsText, type World } from './twitch-world.ts';

/** How the next request ends. `cut`: it is done and never answered. `silence`: neither. */
export type HelixFailure = 'rate-limit' | 'unauthorized' | 'room-gone' | 'cut' | 'outage' | 'silence';

/** Helix and id.twitch.tv: users, messages, moderation, tokens. */
export interface TwitchHelix {
  readonly helixUrl: string;
  readonly oauthUrl: string;
  /** What a rate limit asks to wait. */
  readonly retryAfterMs: number;
  /** Every request: `POST /helix/chat/messages`. */
  readonly requests: readonly string[];
  /** Bodies of the posts that were tried, refused ones too. */
  readonly posts: readonly Readonly<Record<string, unknown>>[];
  readonly validations: () => number;
  /** @param path of the request that fails; else the next that changes something */
  failNext(failure: HelixFailure, path?: string): void;
  /** The next message is answered with 200 and not shown. */
  dropNext(code: string): void;
  /** From now on answers take their time; what they answer is done, and told in the chat, at once. */
  answerLate(): void;
  stop(): Promise<void>;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly userId: string;
  readonly scopes: readonly string[];
}
interface Answered {
  readonly status: number;
  readonly body?: unknown;
}

const RETRY_SECONDS = 2;
const LATE_MS = 60;
const DUPLICATE_MS = 30_000;
const REMOVABLE_MS = 6 * 60 * 60_000;

export async function startTwitchHelix(world: World): Promise<TwitchHelix> {
  const requests: string[] = [];
  const posts: Readonly<Record<string, unknown>>[] = [];
  const failures: { readonly failure: HelixFailure; readonly path: string | null }[] = [];
  const drops: string[] = [];
  let validations = 0;
  let isLate = false;

  function refused(status: number, message: string): Answered {
    return { status, body: { error: 'Refused', status, message } };
  }

  function users({ query }: Asked): Answered {
    const wanted = [...query.getAll('id'), ...query.getAll('login')];
    if (wanted.length > 100) return refused(400, 'too many');
    const found = world.users.filter(({ id, login }) => wanted.includes(id) || wanted.includes(login));
    const data = found.map(({ id, login, name, avatarUrl }) => ({
      id,
      login,
      display_name: name,
      profile_image_url: avatarUrl,
      type: '',
      broadcaster_type: '',
      description: '',
    }));
    return { status: 200, body: { data } };
  }

  function dropped(code: string): Answered {
    const reason = { code, message: `Your message was not shown: ${code}.` };
    return { status: 200, body: { data: [{ message_id: '', is_sent: false, drop_reason: reason }] } };
  }

  function post({ body, userId, scopes }: Asked): Answered {
    posts.push(body);
    const room = String(body.broadcaster_id ?? '');
    const text = String(body.message ?? '');
    const parent = body.reply_parent_message_id;
    if (!scopes.includes('user:write:chat')) return refused(401, 'Missing scope: user:write:chat');
    if (body.sender_id !== userId) return refused(401, 'The ID in sender_id must match the user of the token.');
    if (!world.users.some(({ id }) => id === room)) return refused(404, 'no such broadcaster');
    if (text.trim() === '') return refused(400, 'The message field must not be empty.');
    if ([...text].length > 500) return refused(400, 'The message is too long.');
    if (parent !== undefined && !world.messages.some(({ id, isGone }) => id === parent && !isGone)) {
      return refused(400, 'The reply_parent_message_id is not valid.');
    }
    const drop = drops.shift() ?? naturalDrop(room, userId, text);
    if (drop !== null) return dropped(drop);
    const message = world.say(room, userId, text, typeof parent === 'string' ? parent : null);
    world.tell(room, world.lineOf(message));
    return { status: 200, body: { data: [{ message_id: message.id, is_sent: true }] } };
  }

  /** What Twitch itself refuses: banned, the same again, too fast. */
  function naturalDrop(room: string, user: string, text: string): string | null {
    const ban = world.bans.get(`${room}/${user}`);
    if (ban !== undefined) return ban.until === null ? 'msg_banned' : 'msg_timedout';
    const isTrusted = room === user || world.moderators.has(`${room}/${user}`) || world.vips.has(`${room}/${user}`);
    if (isTrusted) return null;
    const own = world.messages.filter((one) => one.room === room && one.by === user);
    const now = world.now();
    if (own.some((one) => one.text === text && now - one.at < DUPLICATE_MS)) return 'msg_duplicate';
    return own.some((one) => now - one.at < 1_000) ? 'msg_ratelimit' : null;
  }

  function bench({ query, userId, scopes }: Asked, scope: string): string | Answered {
    const room = query.get('broadcaster_id') ?? '';
    if (!scopes.includes(scope)) return refused(401, `Missing scope: ${scope}`);
    if (query.get('moderator_id') !== userId) return refused(401, 'The ID in moderator_id must match the token.');
    if (room !== userId && !world.moderators.has(`${room}/${userId}`)) return refused(403, 'not a moderator');
    return room;
  }

  function remove(asked: Asked): Answered {
    const room = bench(asked, 'moderator:manage:chat_messages');
    if (typeof room !== 'string') return room;
    const id = asked.query.get('message_id');
    const { login } = world.user(room);
    if (id === null || id === '') {
      for (const one of world.messages) if (one.room === room) one.isGone = true;
      world.tell(room, `@room-id=${room};tmi-sent-ts=${world.now()} :tmi.twitch.tv CLEARCHAT #${login}`);
      return { status: 204 };
    }
    const message = world.messages.find((one) => one.id === id && one.room === room);
    if (message === undefined || message.isGone || world.now() - message.at > REMOVABLE_MS) return refused(404, 'gone');
    const isOthers = message.by !== asked.userId;
    if (isOthers && (message.by === room || world.moderators.has(`${room}/${message.by}`))) {
      return refused(400, 'You cannot delete messages of the broadcaster or of moderators.');
    }
    removeMessage(world, message.id);
    return { status: 204 };
  }

  function ban(asked: Asked): Answered {
    const room = bench(asked, 'moderator:manage:banned_users');
    if (typeof room !== 'string') return room;
    const data = asked.body.data as Readonly<Record<string, unknown>>;
    const user = String(data.user_id);
    const seconds = typeof data.duration === 'number' ? data.duration : null;
    if (seconds !== null && (seconds < 1 || seconds > 1_209_600)) return refused(400, 'duration out of range');
    if (user === room || world.moderators.has(`${room}/${user}`)) return refused(400, 'The user may not be banned.');
    const before = world.bans.get(`${room}/${user}`);
    if (seconds === null && before?.until === null) {
      return refused(400, 'The user specified in the user_id field is already banned.');
    }
    const reason = typeof data.reason === 'string' ? data.reason : null;
    banUser(world, room, user, seconds, reason);
    return { status: 200, body: { data: [{ broadcaster_id: room, user_id: user }] } };
  }

  function lift(asked: Asked): Answered {
    const room = bench(asked, 'moderator:manage:banned_users');
    if (typeof room !== 'string') return room;
    const isThere = world.bans.delete(`${room}/${asked.query.get('user_id')}`);
    return isThere ? { status: 204 } : refused(400, 'The user is not banned.');
  }

  function moderated({ query, userId, scopes }: Asked): Answered {
    if (!scopes.includes('user:read:moderated_channels')) return refused(401, 'Missing scope');
    if (query.get('user_id') !== userId) return refused(401, 'not the user of the token');
    const all = [...world.moderators].flatMap((one) => (one.endsWith(`/${userId}`) ? [one.split('/')[0] ?? ''] : []));
    // pages of one, so that whoever reads only the first is found out
    const at = Number(query.get('after') ?? '0');
    const data = all
      .slice(at, at + 1)
      .map((id) => ({ broadcaster_id: id, broadcaster_login: '', broadcaster_name: '' }));
    const pagination = at + 1 < all.length ? { cursor: String(at + 1) } : {};
    return { status: 200, body: { data, pagination } };
  }

  function moderators({ query, userId, scopes }: Asked): Answered {
    const room = query.get('broadcaster_id');
    if (room !== userId || !scopes.includes('moderation:read')) return refused(401, 'only for the broadcaster');
    const user = query.get('user_id');
    const data = world.moderators.has(`${room}/${user}`) ? [{ user_id: user }] : [];
    return { status: 200, body: { data, pagination: {} } };
  }

  const routes: Readonly<Record<string, (asked: Asked) => Answered>> = {
    'GET /helix/users': users,
    'POST /helix/chat/messages': post,
    'DELETE /helix/moderation/chat': remove,
    'POST /helix/moderation/bans': ban,
    'DELETE /helix/moderation/bans': lift,
    'GET /helix/moderation/channels': moderated,
    'GET /helix/moderation/moderators': moderators,
  };

  function validate(request: IncomingMessage): Answered {
    validations += 1;
    const owner = world.ownerOf((request.headers.authorization ?? '').replace('OAuth ', ''));
    if (owner === null) return { status: 401, body: { status: 401, message: 'invalid access token' } };
    const { login } = world.user(owner.user);
    const body = {
      client_id: owner.clientId,
      login,
      scopes: owner.scopes,
      user_id: owner.user,
      expires_in: Math.round((owner.until - world.now()) / 1_000),
    };
    return { status: 200, body };
  }

  function token(form: URLSearchParams): Answered {
    const refresh = form.get('refresh_token') ?? '';
    const of = world.refreshTokens.get(refresh);
    if (form.get('client_id') !== world.clientId || form.get('client_secret') !== world.clientSecret) {
      return { status: 403, body: { status: 403, message: 'invalid client secret' } };
    }
    if (of === undefined) return { status: 400, body: { status: 400, message: 'Invalid refresh token' } };
    world.refreshTokens.delete(refresh);
    const fresh = world.authorize(of.user, of.scopes);
    const body = {
      access_token: fresh.access,
      refresh_token: fresh.refresh,
      expires_in: 14_000,
      scope: of.scopes,
      token_type: 'bearer',
    };
    return { status: 200, body };
  }

  function helix(request: IncomingMessage, url: URL, text: string): Answered {
    const owner = world.ownerOf((request.headers.authorization ?? '').replace('Bearer ', ''));
    const route = routes[`${request.method} ${url.pathname}`];
    if (owner === null) return refused(401, 'Invalid OAuth token');
    if (request.headers['client-id'] !== owner.clientId) return refused(401, 'Client ID and OAuth token do not match');
    if (route === undefined) return refused(404, 'no such route');
    return route({
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      userId: owner.user,
      scopes: owner.scopes,
    });
  }

  function answer(request: IncomingMessage, url: URL, text: string): Answered {
    if (url.pathname === '/oauth2/validate') return validate(request);
    if (url.pathname === '/oauth2/token') return token(new URLSearchParams(text));
    return helix(request, url, text);
  }

  const inFlight = new Set<ServerResponse>();
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    inFlight.add(response);
    response.on('close', () => inFlight.delete(response));
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const url = new URL(request.url ?? '/', 'http://localhost');
    requests.push(`${request.method} ${url.pathname}`);
    const index = failures.findIndex(({ path }) =>
      path === null ? request.method !== 'GET' && url.pathname !== '/oauth2/token' : path === url.pathname,
    );
    const failure = index < 0 ? null : (failures.splice(index, 1)[0]?.failure ?? null);
    const { status, body } = failed(failure) ?? answer(request, url, text);
    if (failure === 'silence') return;
    if (failure === 'cut') {
      response.destroy();
      return;
    }
    if (isLate) await new Promise((resolve) => setTimeout(resolve, LATE_MS));
    const nowMs = Date.now();
    response.writeHead(status, {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      date: new Date(nowMs).toUTCString(),
      'ratelimit-limit': '800',
      'ratelimit-remaining': status === 429 ? '0' : '799',
      'ratelimit-reset': String(Math.floor(nowMs / 1_000) + RETRY_SECONDS),
    });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  }

  function failed(failure: HelixFailure | null): Answered | null {
    switch (failure) {
      case 'rate-limit':
        return refused(429, 'Too Many Requests');
      case 'unauthorized':
        return refused(401, 'Invalid OAuth token');
      case 'room-gone':
        return refused(403, 'The sender is not permitted to send chat messages to the broadcaster.');
      case 'outage':
        return refused(503, 'Service Unavailable');
      case 'silence':
        return { status: 0 };
      case 'cut':
      case null:
        return null;
    }
  }

  const server = createServer((request, response) => void serve(request, response));
  const port = await listenLow(server);
  return {
    helixUrl: `http://127.0.0.1:${port}/helix`,
    oauthUrl: `http://127.0.0.1:${port}/oauth2`,
    retryAfterMs: RETRY_SECONDS * 1_000,
    requests,
    posts,
    validations: () => validations,
    failNext: (failure, path) => void failures.push({ failure, path: path ?? null }),
    dropNext: (code) => void drops.push(code),
    answerLate() {
      isLate = true;
    },
    async stop() {
      for (const response of inFlight) response.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** One message is removed by a moderator. */
export function removeMessage(world: World, id: string): void {
  const message = world.messages.find((one) => one.id === id);
  if (message === undefined) throw new Error(`no message ${id}`);
  message.isGone = true;
  const { login } = world.user(message.by);
  const tags = { login, 'room-id': '', 'target-msg-id': id, 'tmi-sent-ts': String(world.now()) };
  const channel = world.user(message.room).login;
  world.tell(message.room, `${tagsText(tags)} :tmi.twitch.tv CLEARMSG #${channel} :${message.text}`);
}

/** A timeout, or a ban when `seconds` is null; the person's messages disappear. */
export function banUser(world: World, room: string, user: string, seconds: number | null, reason: string | null): void {
  world.bans.set(`${room}/${user}`, { until: seconds === null ? null : world.now() + seconds * 1_000, reason });
  for (const one of world.messages) if (one.room === room && one.by === user) one.isGone = true;
  const tags = {
    ...(seconds === null ? {} : { 'ban-duration': String(seconds) }),
    'room-id': room,
    'target-user-id': user,
    'tmi-sent-ts': String(world.now()),
  };
  const { login } = world.user(user);
  world.tell(room, `${tagsText(tags)} :tmi.twitch.tv CLEARCHAT #${world.user(room).login} :${login}`);
}
