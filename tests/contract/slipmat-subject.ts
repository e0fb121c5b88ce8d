import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import slipmat from '../../bridges/slipmat/index.ts';
import type { ContractSubject, PlatformDouble } from '../../core/contract/index.ts';
import type { AccountId, ChannelId, Epoch, RoomId, Seq, UserId } from '../../core/domain/ids.ts';
import type { Actor, Request } from '../../core/domain/inbound.ts';
import type { BridgePlugin, HubPort } from '../../core/plugin/index.ts';
import type { SurfacePort } from '../../core/plugin/surface.ts';
import { listenLow } from '../accounts/listen-low.ts';

type Config = ReturnType<typeof slipmat.parseConfig>;
type Take = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const CHANNEL = 'lobby' as ChannelId;
const TOKEN = 'slipmat-s3cret-t0ken';
const ANN: Actor = {
  user: `u-${'a'.repeat(26)}` as UserId,
  name: 'Ann',
  platform: 'slipmat',
  avatarUrl: null,
  isGuest: false,
  isBot: false,
};

/** Who takes upgrades on the server of a double; the surface gives it back when it stops. */
let takeUpgrade: Take | null = null;

/** Nothing that the cases do comes here. */
const NOT_ASKED = {
  files: async () => [],
  act: async () => ({ ok: false, code: 'not-found', say: 'Nothing is commanded here.' }) as const,
  do: async () => ({ ok: false, code: 'not-found', say: 'Nothing is done here.' }) as const,
};

/** What a surface asks of the hub, told to the kit as an inbound: the same route takes both. */
function surfacePort(hub: HubPort): SurfacePort {
  return {
    ...hub,
    publicUrl: null,
    verify: async (token) =>
      token === TOKEN
        ? { ok: true, actor: ANN, isAdmin: false, token: null }
        : { ok: false, code: 'sign-in', say: 'Sign in again.' },
    ...NOT_ASKED,
    request: (actor, request, { key }) => hub.receive(inboundOf(hub, actor, request, key)),
    ask: async () => ({ ok: false, code: 'not-found', say: 'Nothing is asked here.' }),
    feed: {
      epoch: () => 'e1' as Epoch,
      follow: () => () => {},
      liveSeq: () => null,
      since: async () => ({ kind: 'entries', entries: [], isLast: true }),
      headSeq: async () => 0 as Seq,
      onEpoch: () => () => {},
      onRights: () => () => {},
    },
    lacks: () => null,
    onTokenEnd: () => () => {},
    async catchUp(_actor, { after }, taker) {
      await taker.take([], after);
      taker.live();
      return 'live';
    },
    mayRead: () => true,
    mayHear: () => true,
    self: { follow: () => () => {} },
    presence: { join() {}, leave() {} },
    unnoticed: async () => ({ ok: true, value: () => {} }),
    typing: { say() {}, hear: () => () => {} },
    upgrades(_path, take) {
      takeUpgrade = take;
      return () => {
        takeUpgrade = null;
      };
    },
  };
}

function inboundOf(hub: HubPort, actor: Actor, request: Request, key: string) {
  if (request.kind !== 'message') throw new Error('the cases only post');
  const { name, avatarUrl, isBot } = actor;
  const by = { id: actor.user as string as AccountId, name, avatarUrl, isBot };
  const ref = { room: request.channel as string as RoomId, id: key };
  return { kind: 'message', ref, by, content: request.content, replyTo: null, at: hub.clock.now() } as const;
}

/** Somebody with the chat open, who comes back whenever the hub is there again. */
function createGuest(url: string) {
  let socket: WebSocket | null = null;
  async function connected(): Promise<WebSocket> {
    if (socket?.readyState === WebSocket.OPEN) return socket;
    const next = new WebSocket(url, { perMessageDeflate: false });
    next.on('error', () => next.terminate());
    await new Promise((resolve) => {
      next.once('close', resolve);
      next.once('open', () => next.send(JSON.stringify({ type: 'hello', version: 1, token: TOKEN })));
      next.once('message', resolve);
    });
    socket = next;
    return next;
  }
  return {
    async say(frame: object) {
      const open = await connected();
      if (open.readyState === WebSocket.OPEN) open.send(JSON.stringify(frame));
    },
    close: () => socket?.terminate(),
  };
}

async function open(): Promise<PlatformDouble> {
  const server = createServer();
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    if (takeUpgrade === null) socket.destroy();
    else takeUpgrade(request, socket, head);
  });
  const port = await listenLow(server);
  const guest = createGuest(`ws://127.0.0.1:${port}/ws`);
  const said = new Map<string, string>();
  const post = (key: string, more: object = {}) =>
    guest.say({ type: 'post', id: key, channel: CHANNEL, key, text: said.get(key), ...more });
  return {
    room: CHANNEL as string as RoomId,
    secret: TOKEN,
    retryAfterMs: 0,
    async userPosts(text) {
      const key = `the-key-${said.size + 1}`;
      said.set(key, text);
      await post(key);
      return key;
    },
    deliverAgain: (id) => post(id, { again: true }),
    posted: () => [],
    failNext() {},
    async stop() {
      guest.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The native socket, which is no bridge to a platform: what it hands to the hub is held to the same promises. */
export const slipmatSubject: ContractSubject<Config> = {
  plugin: {
    ...slipmat,
    create: (config, hub) => slipmat.create(config, surfacePort(hub)),
  } satisfies BridgePlugin<Config>,
  open,
  config: () => ({ origins: [] }),
  requiredField: 'origins',
  skips: {
    'refuses a config without its required field and names it, never its other values':
      'the surface works without any configuration',
  },
};
