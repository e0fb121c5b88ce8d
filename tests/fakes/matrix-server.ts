import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { listenLow } from '../accounts/listen-low.ts';
import { createMatrixWorld, DOMAIN, type FakeEvent, type MatrixWorldDouble } from './matrix-world.ts';

export type MatrixFailure = 'rate-limit' | 'unauthorized' | 'room-gone' | 'cut' | 'outage' | 'silence';
export const RETRY_AFTER_MS = 1_500;

/** How it tells an appservice of something: a transaction as its path and body. @returns the status */
export type Push = (path: string, body: object) => Promise<number>;

/** A small homeserver on the wire: what the bridge asks of the client API, and transactions in order, again until taken. */
export interface MatrixServer {
  readonly world: MatrixWorldDouble;
  readonly url: string;
  readonly asToken: string;
  readonly bot: string;
  /** Requests so far, as `PUT /v3/rooms/…`. */
  readonly asked: readonly string[];
  readonly transactions: readonly { readonly txn: string; readonly events: readonly FakeEvent[] }[];
  failNext(failure: MatrixFailure): void;
  refuseTokens(): void;
  echoFirst(): void;
  dropConnections(): void;
  /** From now on nobody is answered. */
  goAway(): void;
  comeBack(): void;
  /** From now on it tells of events. */
  pushBy(push: Push): void;
  /** Tells of an event once more, in a transaction of its own. */
  pushAgain(event: FakeEvent): void;
  pushSignals(ephemeral: readonly object[]): void;
  /** All transactions are taken. */
  settled(): boolean;
  stop(): Promise<void>;
}

type Answer = readonly [status: number, body: object | Buffer];
const NOT_FOUND: Answer = [404, { errcode: 'M_NOT_FOUND', error: 'none' }];
const FORBIDDEN: Answer = [403, { errcode: 'M_FORBIDDEN', error: 'no' }];

/** @param setUp what is there already: nobody is told of it */
export async function startMatrixServer(
  asToken: string,
  setUp: (world: MatrixWorldDouble, bot: string) => void,
): Promise<MatrixServer> {
  const world = createMatrixWorld();
  const bot = `@slipmat:${DOMAIN}`;
  setUp(world, bot);
  const asked: string[] = [];
  const sent = new Map<string, string>();
  const sockets = new Set<Socket>();
  const transactions: { txn: string; events: readonly FakeEvent[]; ephemeral: readonly object[] }[] = [];
  let failure: MatrixFailure | null = null;
  let isRefusing = false;
  let isEchoFirst = false;
  let isThrownOut = false;
  let isAway = false;
  let push: Push | null = null;
  let taken = 0;
  let isPushing = false;
  let isStopped = false;

  world.onEvent = (event) => enqueue([event], []);

  function enqueue(events: readonly FakeEvent[], ephemeral: readonly object[]): void {
    transactions.push({ txn: `txn${transactions.length + 1}`, events: structuredClone(events), ephemeral });
    void pump();
  }

  async function pump(): Promise<void> {
    if (isPushing || push === null) return;
    isPushing = true;
    while (taken < transactions.length && !isStopped) {
      const next = transactions[taken];
      if (next === undefined) break;
      const { txn, events, ephemeral } = next;
      const bare = events.map(({ isRedacted: _, ...event }) => event);
      const body = { events: bare, ephemeral, 'de.sorunome.msc2409.ephemeral': ephemeral };
      const status = await push(`/_matrix/app/v1/transactions/${txn}`, body).catch(() => 0);
      if (status === 200) taken += 1;
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
    isPushing = false;
  }

  const server: Server = createServer((request, response) => void handle(request, response));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listenLow(server);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://localhost');
    if (isAway) return void request.socket.destroy();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = url.pathname.replace('/_matrix/client', '');
    asked.push(`${request.method} ${path}`);
    const isAct = request.method === 'PUT' && /\/(send|redact)\//.test(path);
    const now = failure;
    if (now !== null && (isAct || (now === 'silence' && path !== '/versions'))) {
      failure = null;
      const failed = failedWith(now);
      if (now === 'silence') return;
      if (failed !== null) return reply(response, failed);
    }
    const body = Buffer.concat(chunks);
    if (isRefusing || request.headers.authorization !== `Bearer ${asToken}`) {
      return reply(response, [401, { errcode: 'M_UNKNOWN_TOKEN', error: 'unknown' }]);
    }
    const answer = route(request.method ?? 'GET', path, url.searchParams, body, request.headers['content-type'] ?? '');
    if (now === 'cut' && isAct) return void request.socket.destroy();
    if (isAct && isEchoFirst) await new Promise((resolve) => setTimeout(resolve, 30));
    reply(response, answer);
  }

  function failedWith(now: MatrixFailure): Answer | null {
    switch (now) {
      case 'rate-limit':
        return [429, { errcode: 'M_LIMIT_EXCEEDED', error: 'slow', retry_after_ms: RETRY_AFTER_MS }];
      case 'unauthorized':
        return [401, { errcode: 'M_UNKNOWN_TOKEN', error: 'unknown' }];
      case 'room-gone':
        isThrownOut = true;
        return FORBIDDEN;
      case 'outage':
        return [502, Buffer.from('<html>Bad Gateway</html>')];
      case 'cut':
      case 'silence':
        return null;
    }
  }

  function route(method: string, path: string, query: URLSearchParams, body: Buffer, type: string): Answer {
    const who = query.get('user_id') ?? bot;
    const parts = path.split('/').slice(1).map(decodeURIComponent);
    const json = (): Record<string, unknown> => JSON.parse(body.toString() || '{}') as Record<string, unknown>;
    const [version, what, ...rest] = parts;
    if (path.startsWith('/_matrix/media/v3/upload')) {
      return [200, { content_uri: world.keepFile(query.get('filename') ?? 'file', body, type) }];
    }
    if (version === 'versions') return [200, { versions: ['v1.11'] }];
    if (what === 'account') return world.profiles.has(who) ? [200, { user_id: who }] : FORBIDDEN;
    if (what === 'joined_rooms') {
      const rooms = [...world.rooms.keys()].filter((room) => world.membership(room, who) === 'join');
      return [200, { joined_rooms: rooms }];
    }
    if (what === 'appservice') return [200, { duration_ms: 1 }];
    if (what === 'register') return registered(String(json().username));
    if (what === 'profile') return profiled(rest[0] ?? '', who, json());
    if (what === 'join') return joined(rest[0] ?? '', who);
    if (what === 'media') return rest[0] === 'config' ? [200, { 'm.upload.size': 50_000_000 }] : file(rest[2] ?? '');
    if (what === 'createRoom') return created(who, json());
    if (what === 'rooms') return inRoom(method, rest, who, query, json);
    return NOT_FOUND;
  }

  function registered(name: string): Answer {
    const user = `@${name}:${DOMAIN}`;
    if (world.profiles.has(user)) return [400, { errcode: 'M_USER_IN_USE', error: 'there' }];
    world.profiles.set(user, {});
    return [200, { user_id: user }];
  }

  function profiled(user: string, who: string, set: object): Answer {
    if (user !== who) return FORBIDDEN;
    world.profiles.set(user, { ...world.profiles.get(user), ...set });
    for (const room of world.rooms.keys()) {
      if (world.membership(room, user) === 'join') world.setMember(room, user, 'join');
    }
    return [200, {}];
  }

  function joined(room: string, who: string): Answer {
    if (!world.rooms.has(room)) return NOT_FOUND;
    const now = world.membership(room, who);
    const isPublic = world.stateOf(room, 'm.room.join_rules')?.join_rule !== 'invite';
    if (now === 'ban' || (now !== 'join' && now !== 'invite' && !isPublic)) return FORBIDDEN;
    if (now !== 'join') world.setMember(room, who, 'join');
    return [200, { room_id: room }];
  }

  function created(who: string, wish: Record<string, unknown>): Answer {
    const room = `!made${world.rooms.size}:${DOMAIN}`;
    world.room(room);
    world.add({ room, sender: who, type: 'm.room.create', content: { room_version: '12' }, stateKey: '' });
    world.setMember(room, who, 'join');
    for (const user of (wish.invite as string[] | undefined) ?? []) {
      world.setMember(room, user, 'invite', who, { is_direct: wish.is_direct === true });
    }
    return [200, { room_id: room }];
  }

  function file(id: string): Answer {
    const found = world.files.get(id);
    return found === undefined ? NOT_FOUND : [200, found.bytes];
  }

  function inRoom(
    method: string,
    [room = '', what = '', ...rest]: readonly string[],
    who: string,
    query: URLSearchParams,
    json: () => Record<string, unknown>,
  ): Answer {
    if (what === 'join') return joined(room, who);
    if (what === 'forget') return world.membership(room, who) === 'join' ? FORBIDDEN : [200, {}];
    if (isThrownOut) {
      isThrownOut = false;
      return FORBIDDEN;
    }
    if (world.membership(room, who) !== 'join') return FORBIDDEN;
    switch (what) {
      case 'state':
        return state(method, room, rest, who, query, json);
      case 'send':
        return once(rest[1] ?? '', () => {
          const at = Number(query.get('ts') ?? Date.now());
          return world.add({ room, sender: who, type: rest[0] ?? '', content: json(), at }).event_id;
        });
      case 'redact':
        if (world.event(room, rest[0] ?? '') === null) return NOT_FOUND;
        return once(rest[1] ?? '', () => world.redact(room, rest[0] ?? '', who).event_id);
      case 'relations':
        return [200, { chunk: related(room, rest[0] ?? '', rest[1]) }];
      case 'messages': {
        const [from, limit] = [Number(query.get('from') ?? 0), Number(query.get('limit') ?? 10)];
        const { types, senders } = JSON.parse(query.get('filter') ?? '{}') as Record<string, readonly string[]>;
        const all = world
          .room(room)
          .events.filter(({ type, sender }) => types?.includes(type) !== false && senders?.includes(sender) !== false)
          .toReversed();
        const chunk = all.slice(from, from + limit).map(({ isRedacted: _, ...event }) => event);
        return [200, { chunk, ...(from + limit < all.length && { end: String(from + limit) }) }];
      }
      case 'event': {
        const found = world.event(room, rest[0] ?? '');
        return found === null ? NOT_FOUND : [200, found];
      }
      case 'typing':
      case 'receipt':
        return [200, {}];
      case 'invite':
        world.setMember(room, String(json().user_id), 'invite', who);
        return [200, {}];
      case 'leave':
        world.setMember(room, who, 'leave');
        return [200, {}];
      case 'ban':
      case 'unban':
        world.setMember(room, String(json().user_id), what === 'ban' ? 'ban' : 'leave', who);
        return [200, {}];
      default:
        return NOT_FOUND;
    }
  }

  function state(
    method: string,
    room: string,
    [type = '', key = '']: readonly string[],
    who: string,
    query: URLSearchParams,
    json: () => Record<string, unknown>,
  ): Answer {
    if (method === 'PUT') {
      return [200, { event_id: world.add({ room, sender: who, type, content: json(), stateKey: key }).event_id }];
    }
    const found = world.room(room).state.get(`${type} ${key}`);
    if (found === undefined) return NOT_FOUND;
    return [200, query.get('format') === 'event' ? found : found.content];
  }

  function once(txn: string, run: () => string): Answer {
    const id = sent.get(txn) ?? run();
    sent.set(txn, id);
    return [200, { event_id: id }];
  }

  function related(room: string, id: string, kind: string | undefined): readonly FakeEvent[] {
    return world.room(room).events.filter(({ content, isRedacted }) => {
      const relation = content['m.relates_to'] as { event_id?: string; rel_type?: string } | undefined;
      return !isRedacted && relation?.event_id === id && (kind === undefined || relation.rel_type === kind);
    });
  }

  return {
    world,
    url: `http://127.0.0.1:${port}`,
    asToken,
    bot,
    asked,
    transactions,
    failNext: (next) => {
      failure = next;
    },
    refuseTokens: () => {
      isRefusing = true;
    },
    echoFirst: () => {
      isEchoFirst = true;
    },
    goAway: () => {
      isAway = true;
    },
    comeBack: () => {
      isAway = false;
    },
    dropConnections: () => {
      for (const socket of sockets) socket.destroy();
    },
    pushBy(by) {
      push = by;
      void pump();
    },
    pushAgain: (event) => enqueue([event], []),
    pushSignals: (ephemeral) => enqueue([], ephemeral),
    settled: () => taken === transactions.length,
    async stop() {
      isStopped = true;
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function reply(response: ServerResponse, [status, body]: Answer): void {
  if (Buffer.isBuffer(body)) {
    response.writeHead(status, { 'content-type': 'text/html' }).end(body);
    return;
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
