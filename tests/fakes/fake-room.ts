import { createServer, type Socket } from 'node:net';
import type { Inbound } from 'slipmat-hub/plugin';
import { listenLow } from '../accounts/listen-low.ts';

/*
 * A small chat platform of its own, spoken to over TCP in lines of JSON. It keeps rooms and messages, tells what people
 * say to whoever listens, and fails on demand in the ways that platforms fail.
 */

export interface FakePost {
  readonly id: string;
  readonly text: string;
  readonly by: string;
  readonly key: string | null;
  readonly replyTo: string | null;
}
/** `applied-then-cut`: the post is there, the answer never comes. `silence`: nothing happens and nothing is answered. */
export type FakeFailure =
  | 'rate-limit'
  | 'unauthorized'
  | 'room-gone'
  | 'bad-command'
  | 'outage'
  | 'applied-then-cut'
  | 'silence';

/** A native act that came in, in the order in which they came. */
export interface FakeAct {
  readonly account: string;
  readonly act: 'timeout' | 'ban' | 'lift';
  readonly until: number | null;
  /** By the platform's own clock. */
  readonly at: number;
}

export interface FakeRoomServer {
  readonly port: number;
  readonly token: string;
  /** What stands in a room now, oldest first. */
  posts(room: string): readonly FakePost[];
  /** What was ever posted there by the bridge's account, edits and redactions apart. */
  ever(room: string): readonly FakePost[];
  reactions(room: string, id: string): readonly string[];
  userPosts(room: string, name: string, text: string): string;
  userEdits(room: string, id: string, text: string): void;
  userRedacts(room: string, id: string): void;
  userReacts(room: string, id: string, name: string, emoji: string): void;
  userReplies(room: string, to: string, name: string, text: string): string;
  /** Tells of anything else that a platform may tell, as it is. */
  tells(inbound: Inbound): void;
  /** Who this account is in a room from now on; everybody else is a member. */
  setRole(room: string, name: string, role: 'owner' | 'admin' | 'moderator' | 'member'): void;
  /** Whether nobody but its members reads it, from now on; at first everybody does. */
  setClosed(room: string, is: boolean): void;
  /** Answers to tickets, oldest first. */
  responses(): readonly { readonly ticket: string; readonly text: string; readonly isPrivate: boolean }[];
  /** What the bridge did to people of a room; each is told as a native act by nobody in particular, to the second. */
  acts(room: string): readonly FakeAct[];
  /** Tells it again, as platforms do after a reconnect. */
  tellAgain(room: string, id: string): void;
  /** The next `times` commands of the bridge end so, in this room or (null) anywhere. */
  failNext(failure: FakeFailure, times?: number, room?: string | null): void;
  /** No command fails any more. */
  heal(): void;
  /** Commands for this room wait until it is let go. @returns lets them through */
  stall(room: string): () => void;
  /** Commands that came in, failed ones too. */
  tries(): number;
  /** When each post by the bridge came in, failed ones too, in ms that only grow; in this room or (null) anywhere. */
  postTimes(room: string | null): readonly number[];
  connections(): number;
  dropConnections(): void;
  stop(): Promise<void>;
}

export const RETRY_AFTER_MS = 40;
const TOKEN = 'fr-5ecre7-t0ken';
const BOT = 'hub-bot';

interface Stored {
  readonly id: string;
  /** By the platform's own clock. */
  readonly at: number;
  text: string;
  readonly by: string;
  readonly key: string | null;
  readonly replyTo: string | null;
  readonly reactions: string[];
  isGone: boolean;
}
interface Command {
  readonly id: number;
  readonly op: string;
  readonly token?: string;
  readonly room?: string;
  readonly ref?: string;
  readonly text?: string;
  readonly key?: string;
  readonly replyTo?: string | null;
  readonly emoji?: string;
  readonly on?: boolean;
  readonly account?: string;
  readonly ticket?: string;
  readonly isPrivate?: boolean;
  readonly act?: FakeAct['act'];
  readonly until?: number | null;
}
type Result = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string };

export async function startFakeRoom(): Promise<FakeRoomServer> {
  const rooms = new Map<string, Stored[]>();
  const sockets = new Set<Socket>();
  const listeners = new Set<Socket>();
  const failures: { readonly failure: FakeFailure; readonly room: string | null }[] = [];
  const stalled = new Map<string, Promise<void>>();
  const roles = new Map<string, string>();
  const closed = new Set<string>();
  const responses: { ticket: string; text: string; isPrivate: boolean }[] = [];
  const acts = new Map<string, FakeAct[]>();
  let ids = 0;
  let tries = 0;
  const postTimes: { readonly room: string; readonly at: number }[] = [];

  const roomOf = (name: string): Stored[] => {
    const room = rooms.get(name) ?? [];
    rooms.set(name, room);
    return room;
  };
  const find = (room: string, id: string): Stored | null => roomOf(room).find((one) => one.id === id) ?? null;

  function add(room: string, post: Pick<FakePost, 'text' | 'by' | 'key' | 'replyTo'>): Stored {
    ids += 1;
    const stored: Stored = { ...post, id: `m${ids}`, at: Date.now(), reactions: [], isGone: false };
    roomOf(room).push(stored);
    return stored;
  }

  function tell(event: object): void {
    for (const socket of listeners) socket.write(`${JSON.stringify({ event })}\n`);
  }

  function tellPost(room: string, post: Stored): void {
    const { id, text, by, replyTo, at } = post;
    tell({ kind: 'message', room, id, text, by, replyTo, at });
  }

  function takeFailure(room: string | null): FakeFailure | null {
    const index = failures.findIndex((one) => one.room === null || one.room === room);
    return index < 0 ? null : (failures.splice(index, 1)[0]?.failure ?? null);
  }

  function apply(command: Command): Result {
    const room = command.room ?? '';
    const stored = command.ref === undefined ? null : find(room, command.ref);
    switch (command.op) {
      case 'post': {
        const earlier = command.key === undefined ? null : roomOf(room).find((one) => one.key === command.key);
        if (earlier) return { ok: true, value: earlier.id };
        const post = add(room, {
          text: command.text ?? '',
          by: BOT,
          key: command.key ?? null,
          replyTo: command.replyTo ?? null,
        });
        tellPost(room, post);
        return { ok: true, value: post.id };
      }
      case 'edit':
        if (stored === null || stored.isGone) return { ok: false, error: 'bad-command' };
        stored.text = command.text ?? '';
        tell({ kind: 'edit', room, id: stored.id, text: stored.text, by: BOT });
        return { ok: true, value: stored.id };
      case 'redact':
        if (stored === null) return { ok: false, error: 'bad-command' };
        stored.isGone = true;
        tell({ kind: 'redaction', room, id: stored.id, by: BOT });
        return { ok: true, value: null };
      case 'react': {
        if (stored === null || stored.isGone) return { ok: false, error: 'bad-command' };
        const at = stored.reactions.indexOf(command.emoji ?? '');
        if (command.on === true && at < 0) stored.reactions.push(command.emoji ?? '');
        if (command.on !== true && at >= 0) stored.reactions.splice(at, 1);
        if (command.on === true) tell({ kind: 'reaction', room, id: stored.id, text: command.emoji, by: BOT });
        return { ok: true, value: null };
      }
      case 'sanction': {
        ids += 1;
        const { account = '', act = 'lift', until = null } = command;
        acts.set(room, [...(acts.get(room) ?? []), { account, act, until, at: Date.now() }]);
        const told = { room, account: { id: account, name: account, avatarUrl: null, isBot: false }, by: null, act };
        const end = until === null ? null : Math.floor(until / 1_000) * 1_000;
        const inbound = { kind: 'sanction', eventId: `act-${ids}`, ...told, until: end, reason: null, at: Date.now() };
        tell({ kind: 'raw', id: 'raw', inbound });
        return { ok: true, value: null };
      }
      case 'authority':
        return { ok: true, value: roles.get(`${room} ${command.account}`) ?? 'member' };
      case 'is-closed':
        return { ok: true, value: closed.has(room) };
      case 'respond':
        responses.push({
          ticket: command.ticket ?? '',
          text: command.text ?? '',
          isPrivate: command.isPrivate === true,
        });
        return { ok: true, value: null };
      case 'find':
        return { ok: true, value: roomOf(room).find((one) => one.text === command.text && one.by === BOT)?.id ?? null };
      default:
        return { ok: false, error: 'bad-command' };
    }
  }

  async function answer(command: Command, socket: Socket): Promise<void> {
    if (command.op === 'hello') return hello(command, socket);
    tries += 1;
    const room = command.room ?? null;
    if (command.op === 'post' && room !== null) postTimes.push({ room, at: performance.now() });
    const failure = takeFailure(room);
    if (room !== null) await stalled.get(room);
    if (failure === 'silence') return;
    if (failure === 'applied-then-cut') {
      apply(command);
      socket.destroy();
      return;
    }
    reply(socket, command.id, failure === null ? apply(command) : { ok: false, error: failure });
  }

  function hello(command: Command, socket: Socket): void {
    const failure = takeFailure(null);
    if (failure === 'silence') return;
    const error = failure ?? (command.token === TOKEN ? null : 'unauthorized');
    if (error === null) listeners.add(socket);
    reply(socket, command.id, error === null ? { ok: true, value: { bot: BOT } } : { ok: false, error });
  }

  function reply(socket: Socket, id: number, result: Result): void {
    socket.write(`${JSON.stringify({ id, ...result, retryAfterMs: RETRY_AFTER_MS })}\n`);
  }

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    let rest = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) void answer(JSON.parse(line) as Command, socket);
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      listeners.delete(socket);
    });
  });
  const port = await listenLow(server);
  const shown = ({ id, text, by, key, replyTo }: Stored): FakePost => ({ id, text, by, key, replyTo });

  return {
    port,
    token: TOKEN,
    posts: (room) =>
      roomOf(room)
        .filter((one) => !one.isGone)
        .map(shown),
    ever: (room) =>
      roomOf(room)
        .filter((one) => one.by === BOT)
        .map(shown),
    reactions: (room, id) => find(room, id)?.reactions ?? [],
    userPosts(room, name, text) {
      const post = add(room, { text, by: name, key: null, replyTo: null });
      tellPost(room, post);
      return post.id;
    },
    userEdits(room, id, text) {
      const post = find(room, id);
      if (post === null) throw new Error(`no ${id} in ${room}`);
      post.text = text;
      tell({ kind: 'edit', room, id, text, by: post.by });
    },
    userRedacts(room, id) {
      const post = find(room, id);
      if (post === null) throw new Error(`no ${id} in ${room}`);
      post.isGone = true;
      tell({ kind: 'redaction', room, id, by: post.by });
    },
    userReacts(room, id, name, emoji) {
      tell({ kind: 'reaction', room, id, text: emoji, by: name });
    },
    userReplies(room, to, name, text) {
      const post = add(room, { text, by: name, key: null, replyTo: to });
      tellPost(room, post);
      return post.id;
    },
    tells: (inbound) => tell({ kind: 'raw', id: 'raw', inbound }),
    setRole: (room, name, role) => void roles.set(`${room} ${name}`, role),
    setClosed: (room, is) => void (is ? closed.add(room) : closed.delete(room)),
    responses: () => responses,
    acts: (room) => acts.get(room) ?? [],
    tellAgain(room, id) {
      const post = find(room, id);
      if (post !== null) tellPost(room, post);
    },
    failNext(failure, times = 1, room = null) {
      for (let each = 0; each < times; each += 1) failures.push({ failure, room });
    },
    heal: () => void failures.splice(0),
    stall(room) {
      const { promise, resolve } = Promise.withResolvers<void>();
      stalled.set(room, promise);
      return () => {
        stalled.delete(room);
        resolve();
      };
    },
    tries: () => tries,
    postTimes: (room) => postTimes.filter((one) => room === null || one.room === room).map(({ at }) => at),
    connections: () => sockets.size,
    dropConnections() {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
