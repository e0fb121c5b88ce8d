import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Message, Update, User } from 'grammy/types';
import { listenLow } from '../accounts/listen-low.ts';
import {
  BOT,
  type Chats,
  createChats,
  type FakeChat,
  type FakeMessage,
  member,
  person,
  wireChat,
  wireMessage,
} from './telegram-chats.ts';
import { ApiError, type Asked, createMethods } from './telegram-methods.ts';

/** A Bot API server on the wire: polls that are held open, offsets, files, and failures on demand. */
export type TelegramFailure =
  | 'rate-limit'
  | 'unauthorized'
  | 'room-gone'
  | 'cut'
  | 'outage'
  | 'silence'
  | 'bad-entities';

export const RETRY_AFTER_SECONDS = 3;
export const TOKEN = '777000111:AAfake-5ecret-t0ken-of-the-b0t_';
export const ANN = person(41, 'Ann');
export const BEN = person(42, 'Ben');

export interface TelegramServer {
  /** For `apiRoot`. */
  readonly url: string;
  readonly token: string;
  readonly world: Chats;
  /** A chat of which the bot is an administrator, with Ann and Ben. */
  group(id: number, fields?: Partial<FakeChat>): FakeChat;
  userPosts(chat: FakeChat, user: User, fields: Partial<FakeMessage>, extra?: object): FakeMessage;
  userEdits(chat: FakeChat, user: User, id: number, text: string, extra?: object): void;
  userReacts(chat: FakeChat, user: User, id: number, emoji: readonly string[]): void;
  deliverAgain(id: number): void;
  /** The next `times` commands, or calls of one method, end so. Other questions (`get...`) are answered. */
  failNext(failure: TelegramFailure, times?: number, method?: string | null): void;
  /** The next polls are refused so. */
  failPolls(code: number, description: string, times: number, parameters?: object): void;
  /** From now on the token is no good. */
  refuseToken(): void;
  setPrivacy(on: boolean): void;
  setWebhook(url: string): void;
  /** Methods asked so far, polls apart. */
  readonly asked: readonly { readonly method: string; readonly fields: Asked['fields'] }[];
  polls(): number;
  /** Told of each poll. */
  onPoll(listener: (fields: Asked['fields']) => void): void;
  /** The lowest number that the bot has not confirmed. */
  confirmed(): number;
  dropConnections(): void;
  stop(): Promise<void>;
}

export async function startTelegram(): Promise<TelegramServer> {
  const world = createChats();
  const run = createMethods(world);
  const failures: { readonly failure: TelegramFailure; readonly method: string | null }[] = [];
  const pollFailures: ApiError[] = [];
  const asked: { readonly method: string; readonly fields: Asked['fields'] }[] = [];
  const messages = new Map<number, Update>();
  let held: { readonly fields: Asked['fields']; readonly response: ServerResponse; readonly end: () => void } | null =
    null;
  let confirmed = 0;
  let polls = 0;
  let isRefusing = false;
  let onPoll: (fields: Asked['fields']) => void = () => {};

  function updatesFrom(offset: number, limit: number): readonly Update[] {
    if (offset > 0) confirmed = Math.max(confirmed, offset);
    return world.updates.filter(({ update_id }) => update_id >= Math.max(offset, confirmed)).slice(0, limit);
  }

  function poll(fields: Asked['fields'], response: ServerResponse): void {
    polls += 1;
    onPoll(fields);
    const failure = pollFailures.shift();
    if (failure !== undefined) {
      refuse(response, failure);
      return;
    }
    if (held !== null) {
      refuse(
        held.response,
        new ApiError(
          409,
          'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
        ),
      );
      held.end();
    }
    const found = updatesFrom(Number(fields.offset ?? 0), Number(fields.limit ?? 100));
    const timeout = Number(fields.timeout ?? 0);
    if (found.length > 0 || timeout === 0) {
      answer(response, found);
      return;
    }
    const timer = setTimeout(wake, timeout * 1_000);
    const end = (): void => {
      clearTimeout(timer);
      held = null;
    };
    held = { fields, response, end };
    response.once('close', () => {
      if (held?.response === response) end();
    });
  }

  function wake(): void {
    if (held === null) return;
    const { fields, response, end } = held;
    end();
    answer(response, updatesFrom(Number(fields.offset ?? 0), Number(fields.limit ?? 100)));
  }
  world.onUpdate(wake);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, token, method = ''] = /^\/(?:file\/)?bot([^/]+)\/(.*)$/.exec(request.url ?? '') ?? [];
    if (token !== TOKEN || isRefusing) return refuse(response, new ApiError(401, 'Unauthorized'));
    if (request.url?.startsWith('/file/')) return sendFile(method.replace('media/', ''), response);
    const body = await readAsked(request);
    if (method === 'getUpdates') return poll(body.fields, response);
    asked.push({ method, fields: body.fields });
    const failure = takeFailure(method);
    try {
      if (failure === 'silence') return;
      if (failure !== undefined && failure !== 'cut') return fail(failure, response);
      const result = run(method, body);
      if (failure === 'cut') response.destroy();
      else answer(response, result);
    } catch (error) {
      refuse(response, error instanceof ApiError ? error : new ApiError(500, `the double fails: ${error}`));
    }
  }

  function takeFailure(method: string): TelegramFailure | undefined {
    const isQuestion = method.startsWith('get') || method === 'setMyCommands';
    const at = failures.findIndex((one) => (one.method === null ? !isQuestion : one.method === method));
    return at < 0 ? undefined : failures.splice(at, 1)[0]?.failure;
  }

  function sendFile(id: string, response: ServerResponse): void {
    const file = world.files.get(id);
    response.writeHead(file === undefined ? 404 : 200).end(file?.bytes);
  }

  const server = createServer((request, response) => void handle(request, response));
  const port = await listenLow(server);

  function tell(id: number, update: Omit<Update, 'update_id'>): void {
    const number = world.push(update);
    const queued = world.updates.find(({ update_id }) => update_id === number);
    if (queued !== undefined) messages.set(id, queued);
  }

  return {
    url: `http://127.0.0.1:${port}`,
    token: TOKEN,
    world,
    asked,
    polls: () => polls,
    onPoll(listener) {
      onPoll = listener;
    },
    confirmed: () => confirmed,
    group(id, fields = {}) {
      const chat = world.addChat(id, fields);
      for (const user of [ANN, BEN]) chat.members.set(user.id, member(user));
      return chat;
    },
    userPosts(chat, user, fields, extra = {}) {
      const message = world.addMessage(chat, { ...fields, from: user.id });
      const wire = { ...wireMessage(chat, message, user, world.tick()), ...extra } as Message;
      tell(message.id, chat.type === 'channel' ? { channel_post: wire as never } : { message: wire as never });
      return message;
    },
    userEdits(chat, user, id, text, extra = {}) {
      const message = chat.messages.get(id);
      if (message === undefined) throw new Error(`no message ${id}`);
      message.text = text;
      const edited = { ...wireMessage(chat, message, user, world.now()), edit_date: world.tick(), ...extra };
      world.push({ edited_message: edited as never });
    },
    userReacts(chat, user, id, emoji) {
      const message = chat.messages.get(id);
      const before = message?.reactions.get(user.id) ?? [];
      message?.reactions.set(user.id, emoji);
      const types = (some: readonly string[]) => some.map((one) => ({ type: 'emoji', emoji: one }));
      const change = { old_reaction: types(before), new_reaction: types(emoji), date: world.tick() };
      world.push({ message_reaction: { chat: wireChat(chat), message_id: id, user, ...change } as never });
    },
    deliverAgain(id) {
      const update = messages.get(id);
      if (update === undefined) throw new Error(`no update with message ${id}`);
      const { update_id: _, ...rest } = update;
      world.push(rest);
    },
    failNext(failure, times = 1, method = null) {
      for (let each = 0; each < times; each += 1) failures.push({ failure, method });
    },
    failPolls(code, description, times, parameters = {}) {
      for (let each = 0; each < times; each += 1) pollFailures.push(new ApiError(code, description, parameters));
    },
    setPrivacy(on) {
      world.settings.privacy = on;
    },
    setWebhook(url) {
      world.settings.webhook = url;
    },
    refuseToken() {
      isRefusing = true;
    },
    dropConnections: () => server.closeAllConnections(),
    async stop() {
      held?.end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, result: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ ok: true, result }));
}

function refuse(response: ServerResponse, { code, message, parameters }: ApiError): void {
  const body = { ok: false, error_code: code, description: message, parameters };
  response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function fail(failure: Exclude<TelegramFailure, 'cut' | 'silence'>, response: ServerResponse): void {
  if (failure === 'outage') response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>');
  else refuse(response, REFUSED[failure]);
}

const REFUSED = {
  'rate-limit': new ApiError(429, `Too Many Requests: retry after ${RETRY_AFTER_SECONDS}`, {
    retry_after: RETRY_AFTER_SECONDS,
  }),
  unauthorized: new ApiError(401, 'Unauthorized'),
  'room-gone': new ApiError(403, 'Forbidden: bot was kicked from the supergroup chat'),
  'bad-entities': new ApiError(400, "Bad Request: can't parse entities: unsupported"),
} as const;

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const body = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/')) {
    return { fields: body.length === 0 ? {} : (JSON.parse(body.toString()) as Asked['fields']), files: new Map() };
  }
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  const fields: Record<string, unknown> = {};
  const files = new Map<string, { readonly name: string; readonly bytes: Uint8Array }>();
  for (const [name, value] of form) {
    if (typeof value === 'string') fields[name] = value;
    else files.set(name, { name: value.name, bytes: new Uint8Array(await value.arrayBuffer()) });
  }
  return { fields, files };
}

export { BOT };
