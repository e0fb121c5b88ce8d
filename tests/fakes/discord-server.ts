import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { PlatformFailure } from '../../core/contract/index.ts';
import { listenLow } from '../accounts/listen-low.ts';
import { createGateway, type Gateway } from './discord-gateway.ts';
import { answer, failureAnswer, isCommand, send, UNAUTHORIZED } from './discord-rest.ts';
import { type Answer, type Asked, type RestDeps, react, take, told } from './discord-state.ts';
import {
  CHANNEL_ID,
  createWorld,
  GUILD_ID,
  type Member,
  memberPayload,
  type StoredFile,
  type StoredMessage,
  type User,
  type World,
} from './discord-world.ts';

/*
 * A small Discord on this machine: REST and gateway on one port, in the documented shapes, with discord.js unmodified
 * in front of it. What people do there is done through `people`.
 */

export interface DiscordServer {
  readonly world: World;
  readonly gateway: Gateway;
  readonly rest: RestDeps;
  /** For the bridge's `apiRoot`. */
  readonly apiRoot: string;
  /** Requests as they came, with the credentials cut out. */
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly body: Asked['body'];
    readonly query: string;
  }[];
  failNext(failure: PlatformFailure, times?: number): void;
  /** The next command of the bridge is answered so, and not done. */
  answerNext(answer: Answer): void;
  /** The gateway tells of a post before its request is answered. */
  echoFirst(): void;
  /** Runs right after the next session was told that it is ready, before it is told of the servers. */
  afterReady(run: () => void): void;
  says(user: User, text: string, more?: Saying): StoredMessage;
  edits(message: StoredMessage, text: string): void;
  /** Discord has looked at a link and shows what is behind it: an update that is no edit. */
  unfurls(message: StoredMessage): void;
  removes(message: StoredMessage): void;
  reacts(user: User, message: StoredMessage, emoji: string, on?: boolean): void;
  /** @returns the interaction, with what became of it */
  asks(user: User, data: object, type?: number, channel?: string): import('./discord-world.ts').Interaction;
  /** A moderator times somebody out, or lifts it (until null), with the entry in the audit log. */
  timesOut(actor: User, target: User, until: string | null, reason?: string): void;
  bans(actor: User, target: User, on?: boolean): void;
  changesMember(user: User, change: (member: Member) => void): void;
  stop(): Promise<void>;
}

export interface Saying {
  readonly channel?: string;
  readonly reply?: StoredMessage;
  readonly files?: readonly { readonly name: string; readonly type: string; readonly bytes: Uint8Array }[];
  readonly type?: number;
  readonly mentions?: readonly User[];
  readonly webhookId?: string;
  readonly applicationId?: string | null;
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Nobody is told: it happens while the bot is away. */
  readonly isSilent?: boolean;
}

export async function startDiscord(): Promise<DiscordServer> {
  const world = createWorld();
  const failures: PlatformFailure[] = [];
  const answers: Answer[] = [];
  const requests: { method: string; path: string; body: Asked['body']; query: string }[] = [];
  const http = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      console.error('the double failed', error);
      response.destroy();
    });
  });
  let root = '';
  let isEchoFirst = false;
  const gateway = createGateway(http, world, () => root);
  const held: (() => void)[] = [];
  const rest: RestDeps = {
    world,
    root: () => root,
    // Told after the answer, as a rule.
    dispatch: (t, d) => void (isEchoFirst ? gateway.dispatch(t, d) : held.push(() => gateway.dispatch(t, d))),
  };
  const flush = (): void => {
    for (const tell of held.splice(0)) tell();
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', root);
    if (url.pathname.startsWith('/attachments/')) {
      file(url, response);
      return;
    }
    const asked = await read(request, url, world);
    requests.push({ method: asked.method, path: blotted(asked.path), body: asked.body, query: asked.query.toString() });
    const failure = isCommand(asked) ? (failures.shift() ?? null) : null;
    if (failure === 'silence') return;
    if (failure === 'unauthorized') world.isRevoked = true;
    if (failure === 'room-gone') loseRoom(asked);
    const failed = failure === null ? (isCommand(asked) ? (answers.shift() ?? null) : null) : failureAnswer(failure);
    const answered =
      failed ?? (world.isRevoked && asked.path.startsWith('/webhooks/') ? UNAUTHORIZED : answer(asked, rest));
    if (failure === 'cut') {
      request.socket.destroy();
      flush();
      return;
    }
    if (isEchoFirst) await new Promise<void>((resolve) => setTimeout(resolve, 40));
    send(response, answered);
    flush();
  }

  /** With a channel its webhooks go. */
  function loseRoom({ path, query }: Asked): void {
    const [, kind, id = ''] = path.split('/');
    const channel = kind === 'webhooks' ? (query.get('thread_id') ?? world.webhooks.get(id)?.channel_id ?? '') : id;
    world.channels.delete(channel);
    for (const [webhook, { channel_id: at }] of world.webhooks) if (at === channel) world.webhooks.delete(webhook);
  }

  function file(url: URL, response: ServerResponse): void {
    const stored = world.files.get(url.pathname.split('/')[2] ?? '');
    if (stored === undefined) response.writeHead(404).end();
    else
      response
        .writeHead(200, { 'content-type': stored.type, 'content-length': stored.bytes.length })
        .end(Buffer.from(stored.bytes));
  }

  function says(user: User, text: string, more: Saying = {}): StoredMessage {
    const channel = more.channel ?? CHANNEL_ID;
    const files = (more.files ?? []).map((one): StoredFile => ({ ...one, id: world.nextId() }));
    for (const one of files) world.files.set(one.id, one);
    const reply = more.reply === undefined ? null : { channel_id: more.reply.channel_id, message_id: more.reply.id };
    const message: StoredMessage = {
      id: world.nextId(),
      channel_id: channel,
      type: more.type ?? (reply === null ? 0 : 19),
      author: user,
      webhook_id: more.webhookId ?? null,
      application_id: more.applicationId ?? null,
      timestamp: isoNow(),
      content: text,
      edited_timestamp: null,
      files,
      reply,
      mentions: more.mentions ?? [],
      extra: more.extra ?? {},
      allowed: null,
      reactions: new Map(),
      components: [],
    };
    world.messages.set(channel, [...(world.messages.get(channel) ?? []), message]);
    if (more.isSilent !== true) gateway.dispatch('MESSAGE_CREATE', told(world, message, root));
    return message;
  }

  function auditEntry(
    actor: User,
    target: User,
    type: number,
    changes: readonly object[],
    reason: string | null,
  ): void {
    gateway.dispatch('GUILD_AUDIT_LOG_ENTRY_CREATE', {
      id: world.nextId(),
      guild_id: GUILD_ID,
      user_id: actor.id,
      target_id: target.id,
      action_type: type,
      changes,
      options: null,
      reason,
    });
  }

  function changesMember(user: User, change: (member: Member) => void): void {
    const member = world.members.get(user.id);
    if (member === undefined) throw new Error('no such member');
    change(member);
    gateway.dispatch('GUILD_MEMBER_UPDATE', { guild_id: GUILD_ID, ...memberPayload(member) });
  }

  const live: RestDeps = { ...rest, dispatch: gateway.dispatch };
  const port = await listenLow(http);
  root = `http://127.0.0.1:${port}`;

  return {
    world,
    gateway,
    rest: live,
    apiRoot: `${root}/api`,
    requests,
    failNext(failure, times = 1) {
      for (let n = 0; n < times; n += 1) failures.push(failure);
    },
    afterReady: (run) => gateway.afterReady(run),
    answerNext: (next) => void answers.push(next),
    echoFirst() {
      isEchoFirst = true;
    },
    says,
    edits(message, text) {
      message.content = text;
      message.edited_timestamp = isoNow();
      gateway.dispatch('MESSAGE_UPDATE', told(world, message, root));
    },
    unfurls(message) {
      const embeds = [{ type: 'link', url: 'https://e.example', title: 'A page' }];
      gateway.dispatch('MESSAGE_UPDATE', { ...told(world, message, root), embeds });
    },
    removes: (message) => void take(live, message.channel_id, message.id),
    reacts: (user, message, emoji, on = true) => react(live, message, emoji, user.id, on),
    asks(user, data, type = 2, channel = CHANNEL_ID) {
      const id = world.nextId();
      const member = world.members.get(user.id);
      const token = `aW50ZXJhY3Rpb24${id}`;
      const interaction = { id, token, channel, acknowledged: null, answers: [], isDeferred: false };
      world.interactions.set(id, interaction);
      gateway.dispatch('INTERACTION_CREATE', {
        id,
        application_id: '1000000000000000002',
        type,
        token,
        version: 1,
        channel_id: channel,
        guild_id: GUILD_ID,
        guild: { id: GUILD_ID, features: [], locale: 'en-US' },
        channel: { id: channel, type: 0 },
        member: member === undefined ? null : { ...memberPayload(member), permissions: '0' },
        locale: 'en-US',
        entitlements: [],
        authorizing_integration_owners: {},
        data,
      });
      return interaction;
    },
    timesOut(actor, target, until, reason = 'calm down') {
      changesMember(target, (member) => {
        member.communication_disabled_until = until;
      });
      const change = { key: 'communication_disabled_until', ...(until !== null && { new_value: until }) };
      auditEntry(actor, target, 24, [change], reason);
    },
    bans(actor, target, on = true) {
      if (on) world.banned.add(target.id);
      else world.banned.delete(target.id);
      gateway.dispatch(on ? 'GUILD_BAN_ADD' : 'GUILD_BAN_REMOVE', { guild_id: GUILD_ID, user: target });
      auditEntry(actor, target, on ? 22 : 23, [], null);
    },
    changesMember,
    stop: () => stop(http, gateway),
  };
}

async function stop(http: Server, gateway: Gateway): Promise<void> {
  gateway.stop();
  http.closeAllConnections();
  await new Promise<void>((resolve) => http.close(() => resolve()));
}

let last = 0;
/** No two the same: on Discord there is some time between two edits. */
function isoNow(): string {
  last = Math.max(last + 1, Date.now());
  return new Date(last).toISOString().replace('Z', '000+00:00');
}

function blotted(path: string): string {
  return path.replace(/(\/(?:webhooks|interactions)\/\d+\/)[^/]+/, '$1TOKEN');
}

async function read(request: IncomingMessage, url: URL, world: World): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  const base = {
    method: request.method ?? 'GET',
    path: url.pathname.replace(/^\/api\/v10/, ''),
    query: url.searchParams,
    isBot: request.headers.authorization === `Bot ${world.token}`,
    reason: decoded(request.headers['x-audit-log-reason']),
  };
  if (!type.startsWith('multipart/form-data')) {
    const body = raw.length === 0 ? {} : (JSON.parse(raw.toString()) as Asked['body']);
    return { ...base, body, files: [] };
  }
  const form = await new Response(raw, { headers: { 'content-type': type } }).formData();
  const files: StoredFile[] = [];
  for (const [key, value] of form) {
    if (!key.startsWith('files[') || typeof value === 'string') continue;
    files.push({
      id: world.nextId(),
      name: value.name,
      type: value.type,
      bytes: new Uint8Array(await value.arrayBuffer()),
    });
  }
  return { ...base, body: JSON.parse(String(form.get('payload_json') ?? '{}')) as Asked['body'], files };
}

function decoded(header: string | string[] | undefined): string | null {
  return typeof header === 'string' ? decodeURIComponent(header) : null;
}
